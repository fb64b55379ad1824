-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.subscription_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM note_subscription(OLD.endpoint_id, OLD.app_id);
  ELSE
    PERFORM note_subscription(NEW.endpoint_id, NEW.app_id);
  END IF;
  RETURN NULL;
END $function$;
