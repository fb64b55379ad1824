DROP TABLE alerts, alert_rules, app_health_status;
