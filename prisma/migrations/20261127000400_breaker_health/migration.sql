-- When the health URL of an app with an open breaker may be asked again: one process asks, once per interval.
ALTER TABLE app_health_status ADD COLUMN breaker_check_at timestamptz(3);
