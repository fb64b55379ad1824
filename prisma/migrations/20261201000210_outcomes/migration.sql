-- What the calls answered and how the deliveries ended, beside the durations: `marks` has a name for each, such as
-- status:2xx, error:network or end:fallback, and `mark_counts` at the same place how many. Rows of earlier versions
-- have none. The app '' stands for all apps together.
ALTER TABLE metric_minutes ADD COLUMN marks text[], ADD COLUMN mark_counts integer[];
ALTER TABLE metric_hours ADD COLUMN marks text[], ADD COLUMN mark_counts integer[];
