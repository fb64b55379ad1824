SELECT need_all_rows();
ALTER TABLE deliveries RENAME TO deliveries_parts;
ALTER TABLE attempts RENAME TO attempts_parts;
ALTER TABLE delivery_notes RENAME TO delivery_notes_parts;
CREATE TABLE deliveries (LIKE deliveries_parts INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
  WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE TABLE attempts (LIKE attempts_parts INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
CREATE TABLE delivery_notes (LIKE delivery_notes_parts INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
ALTER SEQUENCE delivery_notes_id_seq OWNED BY delivery_notes.id;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_enqueued_check;
INSERT INTO deliveries SELECT * FROM deliveries_parts;
INSERT INTO attempts SELECT * FROM attempts_parts;
INSERT INTO delivery_notes SELECT * FROM delivery_notes_parts;
DROP TABLE delivery_notes_parts, attempts_parts, deliveries_parts;
DROP FUNCTION drop_finished_deliveries(timestamptz), drop_partitions(text, timestamptz),
  drop_old_partitions(text, timestamptz, text), make_partitions(timestamptz), partition_guard(text),
  partition_start(timestamptz, integer), uuid_floor(timestamptz), need_all_rows();
DROP TABLE partition_plans;
DROP SCHEMA partitions;

ALTER TABLE deliveries ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);
ALTER TABLE attempts ADD CONSTRAINT attempts_pkey PRIMARY KEY (delivery_id, number);
ALTER TABLE delivery_notes ADD CONSTRAINT delivery_notes_pkey PRIMARY KEY (id);
CREATE INDEX delivery_notes_delivery_id_id_idx ON delivery_notes (delivery_id, id);
CREATE INDEX deliveries_app_id_created_at_id_idx ON deliveries (app_id, created_at DESC, id);
CREATE INDEX deliveries_created_at_id_idx ON deliveries (created_at DESC, id);
CREATE INDEX deliveries_parked_idx ON deliveries (endpoint_id, next_attempt_at, id)
  WHERE status = 'pending' AND enqueued_at IS NULL;
CREATE INDEX deliveries_window_idx ON deliveries (endpoint_id, enqueued_at)
  WHERE status = 'pending' AND enqueued_at IS NOT NULL;
CREATE INDEX deliveries_claimed_idx ON deliveries (endpoint_id, claimed_until) WHERE claim_token IS NOT NULL;
CREATE INDEX deliveries_pending_idx ON deliveries (endpoint_id, id) WHERE status = 'pending';

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['deliveries', 'attempts', 'delivery_notes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY service ON %I TO breakwater_service USING (true) WITH CHECK (true)', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['deliveries', 'attempts'] LOOP
    EXECUTE format('CREATE POLICY tenant ON %I TO breakwater_tenant USING (app_id = (SELECT current_tenant()))
      WITH CHECK (app_id = (SELECT current_tenant()))', name);
  END LOOP;
END $$;
CREATE POLICY tenant ON delivery_notes TO breakwater_tenant
  USING (EXISTS (SELECT 1 FROM deliveries d WHERE d.id = delivery_id))
  WITH CHECK (EXISTS (SELECT 1 FROM deliveries d WHERE d.id = delivery_id));
GRANT SELECT ON deliveries, attempts, delivery_notes TO breakwater_tenant;
GRANT UPDATE (status, finished_at, next_attempt_at, enqueued_at, attempts_counted, claims, redeliveries, wait_reason,
  expires_at) ON deliveries TO breakwater_tenant;
GRANT INSERT ON delivery_notes TO breakwater_tenant;
