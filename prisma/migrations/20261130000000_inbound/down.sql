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
CREATE OR REPLACE FUNCTION breakwater.publish(type text, payload json, app_id text DEFAULT NULL, metadata jsonb DEFAULT NULL,
  idempotency_key text DEFAULT NULL, deliver_at timestamptz DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  event uuid := public.new_event_id(clock_timestamp());
  bytes bytea := convert_to(publish.payload::text, 'UTF8');
  sum text := encode(sha256(convert_to(publish.type, 'UTF8') || '\x00'::bytea || convert_to(publish.payload::text, 'UTF8')), 'hex');
  earlier record;
BEGIN
  IF publish.type IS NULL OR publish.type !~ '^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$' OR char_length(publish.type) > 128 THEN
    RAISE EXCEPTION 'an event type is segments of letters, digits, _ and -, with dots between them, 128 characters at most'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF publish.payload IS NULL OR octet_length(bytes) > 1048576 THEN
    RAISE EXCEPTION 'a payload is JSON of 1 MiB at most' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF publish.app_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public.apps a WHERE a.id = publish.app_id) THEN
    RAISE EXCEPTION 'there is no app "%"', publish.app_id USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF publish.deliver_at > now() + interval '30 days' THEN
    RAISE EXCEPTION 'deliver_at lies more than 30 days ahead' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF jsonb_typeof(publish.metadata) <> 'object' THEN
    RAISE EXCEPTION 'metadata is a JSON object' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF publish.idempotency_key IS NOT NULL THEN
    IF publish.idempotency_key !~ '^[\x20-\x7e]{1,255}$' THEN
      RAISE EXCEPTION 'an idempotency key is 1 to 255 printable ASCII characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO public.event_keys AS k (scope, key, digest, event_id, expires_at)
    VALUES (COALESCE(publish.app_id, ''), publish.idempotency_key, sum, event, now() + interval '24 hours')
    ON CONFLICT (scope, key) DO UPDATE
      SET digest = EXCLUDED.digest, event_id = EXCLUDED.event_id, expires_at = EXCLUDED.expires_at
      WHERE k.expires_at <= now();
    IF NOT FOUND THEN
      SELECT k.event_id, k.digest INTO earlier FROM public.event_keys k
        WHERE k.scope = COALESCE(publish.app_id, '') AND k.key = publish.idempotency_key;
      IF earlier.digest <> sum THEN
        RAISE EXCEPTION 'idempotency key "%" was used for another event within 24 hours', publish.idempotency_key
          USING ERRCODE = 'unique_violation';
      END IF;
      RETURN earlier.event_id;
    END IF;
  END IF;
  INSERT INTO public.events (id, app_id, type, body, content_type, metadata, request_id, published_by, deliver_at, fan_out_at)
  VALUES (event, publish.app_id, publish.type, bytes, 'application/json', publish.metadata, event::text,
    left('sql ' || session_user, 255), publish.deliver_at, COALESCE(publish.deliver_at, now()));
  PERFORM pg_notify('fan_out', '');
  RETURN event;
END $$;
