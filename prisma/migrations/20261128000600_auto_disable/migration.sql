-- When an endpoint was enabled and disabled, so that an endpoint that only fails is disabled, and people are notified.
ALTER TABLE endpoints
  -- When it was created, enabled, or got another URL: earlier failures do not count.
  ADD COLUMN enabled_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ADD COLUMN disabled_at timestamptz(3),
  -- When people were notified that Breakwater disabled it.
  ADD COLUMN disabled_notified_at timestamptz(3);
UPDATE endpoints SET disabled_at = updated_at, disabled_notified_at = now() WHERE status = 'disabled';
CREATE INDEX endpoints_unnotified_idx ON endpoints (disabled_at)
  WHERE status = 'disabled' AND disabled_by IS NULL AND disabled_notified_at IS NULL;

CREATE OR REPLACE FUNCTION hold_endpoint() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
