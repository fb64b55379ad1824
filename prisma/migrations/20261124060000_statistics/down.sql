DROP INDEX deliveries_failed_idx;
