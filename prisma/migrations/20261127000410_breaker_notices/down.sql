DROP POLICY tenant ON endpoints;
DROP POLICY tenant ON circuit_breaker_state;
REVOKE SELECT (app_id, capability, kind, status) ON endpoints FROM breakwater_tenant;
REVOKE SELECT ON circuit_breaker_state FROM breakwater_tenant;
DROP TRIGGER forget_breakers ON apps;
DROP FUNCTION forget_breakers();
DROP TABLE breaker_notices;
