DROP TABLE "api_rate_limits";
DROP TABLE "audit_log";
