-- Takes the first migration back: an empty database again, its data gone.
DROP FUNCTION claim_deliveries(uuid[], uuid[], integer);
DROP FUNCTION rate_burst(integer);
DROP FUNCTION endpoint_window(boolean, integer);
DROP TABLE encryption_key_checks, notifications, last_answers, pending_approvals, api_keys, webhook_dead_letter_queue,
  circuit_breaker_transitions, circuit_breaker_state, idempotency_keys, delivery_notes, attempts, deliveries,
  endpoints, signing_secrets, manifest_versions, apps;
