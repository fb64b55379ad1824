ALTER TABLE alert_rules DROP COLUMN muted_until;
ALTER TABLE alerts DROP COLUMN acknowledged_at, DROP COLUMN acknowledged_by, DROP COLUMN acknowledged_note;
