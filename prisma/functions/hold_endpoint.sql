-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.hold_endpoint()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  app_is_active boolean;
  app_is_paused boolean;
  stops boolean;
BEGIN
  SELECT a.status = 'active', a.paused_at IS NOT NULL INTO app_is_active, app_is_paused FROM apps a WHERE a.id = NEW.app_id;
  IF NEW.status = 'removed' THEN
    -- An endpoint that its manifest no longer names could not be resumed by anybody.
    NEW.paused_at := NULL;
    NEW.paused_by := NULL;
    NEW.paused_reason := NULL;
    NEW.paused_by_platform := false;
    NEW.disabled_by := NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.status = 'active' AND (OLD.status <> 'active' OR OLD.url <> NEW.url) THEN
      NEW.enabled_at := now();
    END IF;
    IF NEW.status <> 'disabled' THEN
      NEW.disabled_at := NULL;
      NEW.disabled_notified_at := NULL;
    ELSIF OLD.status <> 'disabled' THEN
      NEW.disabled_at := now();
    END IF;
  END IF;
  stops := app_is_paused OR NEW.paused_at IS NOT NULL;
  NEW.hold := CASE WHEN NEW.status = 'disabled' OR NOT app_is_active THEN 'disabled' WHEN stops THEN 'paused' END;
  IF stops AND NEW.age_stopped_at IS NULL THEN
    NEW.age_stopped_at := clock_timestamp();
  ELSIF NOT stops AND NEW.age_stopped_at IS NOT NULL THEN
    NEW.age_stopped_ms := NEW.age_stopped_ms + extract(epoch FROM clock_timestamp() - NEW.age_stopped_at) * 1000;
    NEW.age_stopped_at := NULL;
  END IF;
  RETURN NEW;
END $function$;
