-- A person may force a breaker open or closed. One that is forced open has an infinite retry_at, so all statements that
-- compare it refuse calls as before.
ALTER TABLE circuit_breaker_state
  ADD COLUMN probe_holder varchar(255),
  ADD COLUMN hastened boolean NOT NULL DEFAULT false,
  ADD COLUMN forced_at timestamptz(3),
  ADD COLUMN forced_by varchar(255),
  ADD COLUMN forced_reason text,
  ADD CONSTRAINT circuit_breaker_state_forced_check
    CHECK ((forced_at IS NULL) = (forced_by IS NULL) AND (forced_at IS NULL OR state <> 'half_open'));
ALTER TABLE circuit_breaker_transitions ADD COLUMN note text;
