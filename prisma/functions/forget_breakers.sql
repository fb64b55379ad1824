-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.forget_breakers()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM pg_notify('breaker', app_id || ' ' || capability) FROM circuit_breaker_state WHERE app_id = OLD.id;
  DELETE FROM circuit_breaker_state WHERE app_id = OLD.id;
  DELETE FROM circuit_breaker_transitions WHERE app_id = OLD.id;
  DELETE FROM breaker_notices WHERE app_id = OLD.id;
  RETURN OLD;
END $function$;
