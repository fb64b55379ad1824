DROP VIEW webhook_metrics;
DELETE FROM partition_plans WHERE parent IN ('metric_minutes', 'metric_hours');
DROP TABLE metric_rollup_state, metric_hours, metric_minutes;
DROP FUNCTION duration_bucket(integer);
DROP INDEX attempts_recorded_in_idx;
ALTER TABLE attempts DROP COLUMN recorded_in;
