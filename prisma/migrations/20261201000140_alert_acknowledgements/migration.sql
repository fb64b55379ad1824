-- Who takes care of an alert, and until when a rule notifies nobody.
ALTER TABLE alerts
  ADD COLUMN acknowledged_at timestamptz(3),
  ADD COLUMN acknowledged_by varchar(255),
  ADD COLUMN acknowledged_note text;
ALTER TABLE alert_rules ADD COLUMN muted_until timestamptz(3);
