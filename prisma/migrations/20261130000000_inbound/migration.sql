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
CREATE INDEX captures_app_id_id_idx ON captures (app_id, id);
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

INSERT INTO partition_plans (parent, key, days, ahead, storage) VALUES ('captures', 'uuid', 7, 1, '');
SELECT make_partitions();
