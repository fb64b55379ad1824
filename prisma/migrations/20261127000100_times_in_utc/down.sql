-- The times are right now, also for the version before.
SELECT 1;
