-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.subscription_endpoint_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM note_subscription(NEW.id, NEW.app_id);
  RETURN NULL;
END $function$;
