-- Counts by the minute are kept as long as those by the hour: by the week, so that their partitions stay few.
SELECT need_all_rows();
CREATE TEMPORARY TABLE kept_minutes AS SELECT * FROM metric_minutes;
DO $$
DECLARE child text;
BEGIN
  DELETE FROM metric_minutes;
  FOR child IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.metric_minutes'::regclass AND c.relname ~ '_\d{8}$'
  LOOP
    EXECUTE format('DROP TABLE partitions.%I', child);
  END LOOP;
END $$;
UPDATE partition_plans SET days = 7, ahead = 1 WHERE parent = 'metric_minutes';
-- Rows of clocks that were wrong by more stay in the default partition.
SELECT make_partitions((SELECT COALESCE(min(at), now()) FROM kept_minutes WHERE at > now() - interval '100 days'));
INSERT INTO metric_minutes SELECT * FROM kept_minutes;
DROP TABLE kept_minutes;
