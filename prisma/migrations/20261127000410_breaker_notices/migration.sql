-- Until when changes of a breaker are held back, to be told as one.
CREATE TABLE "breaker_notices" (
    "app_id" VARCHAR(255) NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "quiet_until" TIMESTAMPTZ(3),

    CONSTRAINT "breaker_notices_pkey" PRIMARY KEY ("app_id","capability")
);
ALTER TABLE breaker_notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE breaker_notices FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON breaker_notices TO breakwater_service USING (true) WITH CHECK (true);

-- Breakers go with their app, and every process hears of it.
CREATE FUNCTION forget_breakers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('breaker', app_id || ' ' || capability) FROM circuit_breaker_state WHERE app_id = OLD.id;
  DELETE FROM circuit_breaker_state WHERE app_id = OLD.id;
  DELETE FROM circuit_breaker_transitions WHERE app_id = OLD.id;
  DELETE FROM breaker_notices WHERE app_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER forget_breakers AFTER DELETE ON apps FOR EACH ROW EXECUTE FUNCTION forget_breakers();

-- Those of apps that were deleted before.
DELETE FROM circuit_breaker_state b WHERE NOT EXISTS (SELECT 1 FROM apps a WHERE a.id = b.app_id);
DELETE FROM circuit_breaker_transitions t WHERE NOT EXISTS (SELECT 1 FROM apps a WHERE a.id = t.app_id);

-- An app's people see the breakers of its capabilities; of an endpoint nothing but which capability it is.
GRANT SELECT ON circuit_breaker_state TO breakwater_tenant;
GRANT SELECT (app_id, capability, kind, status) ON endpoints TO breakwater_tenant;
CREATE POLICY tenant ON circuit_breaker_state TO breakwater_tenant USING (app_id = (SELECT current_tenant()));
CREATE POLICY tenant ON endpoints TO breakwater_tenant USING (app_id = (SELECT current_tenant()));
