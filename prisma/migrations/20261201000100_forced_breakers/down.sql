-- A forced breaker becomes automatic: an open one is probed by the next call.
UPDATE circuit_breaker_state SET retry_at = now() WHERE forced_at IS NOT NULL AND state = 'open';
ALTER TABLE circuit_breaker_transitions DROP COLUMN note;
ALTER TABLE circuit_breaker_state
  DROP CONSTRAINT circuit_breaker_state_forced_check,
  DROP COLUMN probe_holder,
  DROP COLUMN hastened,
  DROP COLUMN forced_at,
  DROP COLUMN forced_by,
  DROP COLUMN forced_reason;
