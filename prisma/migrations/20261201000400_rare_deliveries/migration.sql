-- Lists of deliveries over all apps with a status or an error class that few have, newest first: without these they
-- read the whole table. A delivery that completes at the first attempt is in none of them.
CREATE INDEX deliveries_status_id_idx ON deliveries (status, id)
  WHERE status IN ('failed', 'dead_letter', 'fallback', 'cancelled');
CREATE INDEX deliveries_error_class_id_idx ON deliveries (last_error_class, id) WHERE last_error_class IS NOT NULL;
