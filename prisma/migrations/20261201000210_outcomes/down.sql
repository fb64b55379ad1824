DELETE FROM metric_minutes WHERE app_id = '' OR calls = 0;
DELETE FROM metric_hours WHERE app_id = '' OR calls = 0;
ALTER TABLE metric_hours DROP COLUMN mark_counts, DROP COLUMN marks;
ALTER TABLE metric_minutes DROP COLUMN mark_counts, DROP COLUMN marks;
