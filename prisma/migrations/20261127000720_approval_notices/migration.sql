-- Admins are told of decisions that wait for a person. Those of before are old news.
ALTER TABLE pending_approvals ADD COLUMN told_at timestamptz(3);
SELECT need_all_rows();
UPDATE pending_approvals SET told_at = created_at;
CREATE INDEX pending_approvals_untold_idx ON pending_approvals (id) WHERE told_at IS NULL AND status = 'pending';
CREATE INDEX pending_approvals_app_id_capability_told_at_idx ON pending_approvals (app_id, capability, told_at);
