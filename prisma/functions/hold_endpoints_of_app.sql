-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.hold_endpoints_of_app()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM 1 FROM endpoints e WHERE e.app_id = NEW.id ORDER BY e.id FOR NO KEY UPDATE;
  UPDATE endpoints e SET status = e.status WHERE e.app_id = NEW.id;
  RETURN NULL;
END $function$;
