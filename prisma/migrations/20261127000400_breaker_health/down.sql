ALTER TABLE app_health_status DROP COLUMN breaker_check_at;
