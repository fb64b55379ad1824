-- Inbound: requests of others are captured, verified and forwarded (docs/adr/0033-captured-requests-are-events.md).

-- An address where an app receives requests of a provider.
CREATE TABLE sources (
  id uuid PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  name varchar(50) NOT NULL,
  description varchar(500),
  -- A preset with its options, or a scheme of its own.
  verification jsonb NOT NULL,
  -- Status, content type and body of the answer; NULL: 200.
  answer jsonb,
  -- Where a request has the id that repeats have, too; NULL: where the preset says.
  dedupe jsonb,
  paused_at timestamptz(3),
  paused_by varchar(255),
  paused_reason varchar(500),
  -- Then an app's own key may not resume it.
  paused_by_platform boolean NOT NULL DEFAULT false,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- Deleted; the row is kept for its captured requests.
  removed_at timestamptz(3),
  CONSTRAINT sources_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX sources_app_id_name_key ON sources (app_id, name) WHERE removed_at IS NULL;
-- Deleted ones, too: of their captured requests.
CREATE INDEX sources_app_id_name_idx ON sources (app_id, name);

-- The keys in its addresses. After a rotation the old one works until it expires.
CREATE TABLE source_keys (
  -- SHA-256 of the key in hex.
  hash char(64) PRIMARY KEY,
  source_id uuid NOT NULL,
  -- The key, encrypted, bound to the hash.
  sealed text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3),
  CONSTRAINT source_keys_source_id_fkey
    FOREIGN KEY (source_id) REFERENCES sources (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX source_keys_source_id_idx ON source_keys (source_id);

-- What requests are verified with: shared secrets, public keys.
CREATE TABLE source_secrets (
  id uuid PRIMARY KEY,
  source_id uuid NOT NULL,
  sealed text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3),
  CONSTRAINT source_secrets_source_id_fkey
    FOREIGN KEY (source_id) REFERENCES sources (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX source_secrets_source_id_idx ON source_secrets (source_id);

-- A target is a subscription of its source to its events, which gets the original requests.
ALTER TABLE subscriptions ADD COLUMN source_id uuid,
  ADD CONSTRAINT subscriptions_source_id_fkey
    FOREIGN KEY (source_id) REFERENCES sources (id) ON UPDATE CASCADE ON DELETE CASCADE,
  DROP CONSTRAINT subscriptions_managed_by_check,
  ADD CONSTRAINT subscriptions_managed_by_check CHECK (managed_by IN ('manifest', 'rest', 'source')),
  ADD CONSTRAINT subscriptions_source_check CHECK ((managed_by = 'source') = (source_id IS NOT NULL));
CREATE INDEX subscriptions_source_id_idx ON subscriptions (source_id) WHERE source_id IS NOT NULL;

ALTER TABLE events
  -- The source that captured it, and the request: method, path after the key, query, and headers as they came.
  ADD COLUMN source_id uuid,
  ADD COLUMN request jsonb,
  ADD CONSTRAINT events_request_check CHECK ((source_id IS NULL) = (request IS NULL));

-- Events of a paused source are due at no time (HELD_UNTIL in libs/delivery).
CREATE INDEX events_held_idx ON events (source_id, id) WHERE fan_out_at = '9999-01-01T00:00:00Z'::timestamptz;

-- Every request to a source: accepted, a repeat, rejected, or a handshake.
CREATE TABLE captures (
  id uuid PRIMARY KEY,
  source_id uuid NOT NULL,
  app_id varchar(255) NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  method varchar(20) NOT NULL,
  -- Path after the key and query, as they came.
  path text NOT NULL,
  query text NOT NULL,
  remote_address varchar(64),
  request_id varchar(255) NOT NULL,
  result varchar(10) NOT NULL,
  -- Of a rejected one: the step that failed, and a sentence.
  reason varchar(40),
  detail text,
  -- The provider's id of its event.
  dedupe_id varchar(255),
  -- The event that it became, or repeats.
  event_id uuid,
  body_bytes integer NOT NULL,
  -- NULL: as in its event.
  headers jsonb,
  body bytea,
  CONSTRAINT captures_result_check CHECK (result IN ('accepted', 'duplicate', 'rejected', 'handshake')),
  CONSTRAINT captures_event_check CHECK ((result IN ('accepted', 'duplicate')) = (event_id IS NOT NULL)),
  CONSTRAINT captures_body_check CHECK ((result = 'accepted') = (body IS NULL) AND (body IS NULL) = (headers IS NULL))
) PARTITION BY RANGE (id);
CREATE INDEX captures_source_id_id_idx ON captures (source_id, id);
CREATE INDEX captures_event_id_idx ON captures (event_id) WHERE event_id IS NOT NULL;

-- Drops the partitions of captured requests that end before a moment.
CREATE FUNCTION drop_old_captures(before timestamptz)
RETURNS TABLE (name text, about_rows bigint, kept bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  RETURN QUERY SELECT * FROM drop_old_partitions('captures', before, 'false');
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['sources', 'source_keys', 'source_secrets', 'captures'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY service ON %I TO breakwater_service USING (true) WITH CHECK (true)', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['sources', 'captures'] LOOP
    EXECUTE format('CREATE POLICY tenant ON %I FOR SELECT TO breakwater_tenant USING (app_id = (SELECT current_tenant()))', name);
  END LOOP;
END $$;
GRANT SELECT ON sources, captures TO breakwater_tenant;
REVOKE ALL ON FUNCTION drop_old_captures(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_old_captures(timestamptz) TO breakwater_service;

-- The same, but events of captured requests cannot be published.
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
  IF publish.type ~ '^inbound(\.|$)' THEN
    RAISE EXCEPTION 'the event type "%" is reserved for captured requests: take one that does not start with "inbound."',
      publish.type USING ERRCODE = 'invalid_parameter_value';
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

INSERT INTO partition_plans (parent, key, days, ahead, storage) VALUES ('captures', 'uuid', 7, 1, '');
SELECT make_partitions();
