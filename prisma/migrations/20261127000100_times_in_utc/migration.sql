-- Earlier versions let Prisma write times as UTC without their offset, into sessions of the server's own zone. Where
-- that zone is not UTC, such a time is off by the zone's offset: a key expires hours early or late. Ids of version 7
-- begin with the time they were made at, which was always right, so the offset of each row is known. Times that the
-- database itself wrote are right and stay. A time written long after its row is moved by the offset of the row: it
-- stays an hour off when daylight saving time began or ended in between.

-- By how much `at` is off, in steps of 15 minutes, the smallest between zones; nothing for ids of another version.
CREATE FUNCTION zone_error(id uuid, at timestamptz) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN substr(id::text, 15, 1) = '7' THEN make_interval(mins => 15 * round(
    (extract(epoch FROM at) - ('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0)
    / 900)::integer) ELSE interval '0' END $$;

DO $$
DECLARE usual interval;
BEGIN
  IF NOT pg_has_role(current_user, 'breakwater_service', 'MEMBER') THEN
    RAISE EXCEPTION 'the owner of the tables lacks the rights of breakwater_service: GRANT breakwater_service TO "%" WITH INHERIT TRUE',
      current_user;
  END IF;
  -- It sees the rows of all apps; the setting ends with the migration.
  PERFORM set_config('role', 'breakwater_service', true);

  -- Apps have no such id and dead letters were resolved later: they take the offset of the newest key.
  SELECT zone_error(id, created_at) INTO usual FROM api_keys ORDER BY id DESC LIMIT 1;
  IF usual <> interval '0' THEN
    UPDATE apps SET created_at = created_at - usual, updated_at = updated_at - usual;
    UPDATE webhook_dead_letter_queue SET resolved_at = resolved_at - usual
    WHERE resolved_at IS NOT NULL AND resolved_by <> 'redelivery';
  END IF;

  UPDATE api_keys SET expires_at = expires_at - zone_error(id, created_at),
    created_at = created_at - zone_error(id, created_at)
  WHERE zone_error(id, created_at) <> interval '0';
  UPDATE signing_secrets SET created_at = created_at - zone_error(id, created_at)
  WHERE zone_error(id, created_at) <> interval '0';
  UPDATE pending_approvals SET resolved_at = resolved_at - zone_error(id, created_at),
    created_at = created_at - zone_error(id, created_at)
  WHERE zone_error(id, created_at) <> interval '0';
  UPDATE notifications SET sent_at = sent_at - zone_error(id, created_at),
    next_attempt_at = next_attempt_at - zone_error(id, created_at),
    created_at = created_at - zone_error(id, created_at)
  WHERE channel = 'in_app' AND zone_error(id, created_at) <> interval '0';
  UPDATE alert_rules SET updated_at = updated_at - zone_error(id, created_at),
    created_at = created_at - zone_error(id, created_at)
  WHERE zone_error(id, created_at) <> interval '0';
  PERFORM set_config('role', 'none', true);
END $$;

DROP FUNCTION zone_error(uuid, timestamptz);
