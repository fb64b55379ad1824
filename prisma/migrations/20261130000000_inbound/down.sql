DELETE FROM partition_plans WHERE parent = 'captures';
DROP FUNCTION drop_old_captures(timestamptz);
DROP TABLE captures;
DROP INDEX events_held_idx;
ALTER TABLE events DROP COLUMN request, DROP COLUMN source_id;
UPDATE endpoints SET status = 'removed', disabled_reason = NULL
  WHERE id IN (SELECT endpoint_id FROM subscriptions WHERE source_id IS NOT NULL);
DELETE FROM subscriptions WHERE source_id IS NOT NULL;
ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_source_check, DROP CONSTRAINT subscriptions_managed_by_check,
  ADD CONSTRAINT subscriptions_managed_by_check CHECK (managed_by IN ('manifest', 'rest')),
  DROP COLUMN source_id;
DROP TABLE source_secrets, source_keys, sources;
