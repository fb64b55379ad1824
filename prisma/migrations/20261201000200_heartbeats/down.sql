DROP TABLE app_health_days;
DROP TABLE heartbeats;
