-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.note_subscription(of_endpoint uuid, of_app character varying)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
  is_now subscription_versions;
  was subscription_versions;
  raised bigint := NULLIF(current_setting('breakwater.directory_version', true), '')::bigint;
BEGIN
  SELECT s.endpoint_id, 0, NULL, s.app_id, s.name, s.events, s.filter, e.timeout_ms, e.retry, COALESCE(e.hold, 'active'), NULL
    INTO is_now
  FROM subscriptions s JOIN endpoints e ON e.id = s.endpoint_id WHERE s.endpoint_id = of_endpoint AND e.status <> 'removed';
  SELECT * INTO was FROM subscription_versions v WHERE v.endpoint_id = of_endpoint AND v.until_version IS NULL;
  IF (was.name, was.events, was.filter, was.timeout_ms, was.retry, was.state)
    IS NOT DISTINCT FROM (is_now.name, is_now.events, is_now.filter, is_now.timeout_ms, is_now.retry, is_now.state) THEN
    RETURN;
  END IF;
  IF raised IS NULL THEN
    UPDATE directory_versions d SET version = d.version + 1 WHERE d.app_id = '' RETURNING d.version INTO raised;
    PERFORM set_config('breakwater.directory_version', raised::text, true);
  END IF;
  INSERT INTO directory_versions AS d (app_id, version) VALUES (of_app, raised)
    ON CONFLICT (app_id) DO UPDATE SET version = EXCLUDED.version WHERE d.version <> EXCLUDED.version;
  DELETE FROM subscription_versions v WHERE v.endpoint_id = of_endpoint AND v.from_version = raised;
  UPDATE subscription_versions v SET until_version = raised, ended_at = now()
    WHERE v.endpoint_id = of_endpoint AND v.until_version IS NULL;
  IF is_now.endpoint_id IS NOT NULL THEN
    is_now.from_version := raised;
    INSERT INTO subscription_versions SELECT is_now.*;
  END IF;
  PERFORM pg_notify('subscriptions', of_app);
END $function$;
