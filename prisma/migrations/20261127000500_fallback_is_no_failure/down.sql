DO $$ BEGIN
  -- It sees the rows of all apps; the setting ends with the migration.
  PERFORM set_config('role', 'breakwater_service', true);
  UPDATE deliveries SET status = 'failed' WHERE status = 'fallback';
  PERFORM set_config('role', 'none', true);
END $$;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_status_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_status_check
  CHECK (status IN ('pending', 'completed', 'failed', 'dead_letter', 'cancelled'));
ALTER TABLE deliveries DROP COLUMN fallback_reason;
ALTER TABLE deliveries DROP COLUMN fallback_strategy;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_event_type_check;
ALTER TABLE deliveries ALTER COLUMN event_type TYPE varchar(255);
