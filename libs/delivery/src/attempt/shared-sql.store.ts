/*
 * Parts of statements that several stores need. They are texts and not database functions, because PostgreSQL
 * plans a statement as a whole only if it sees all of it, and these run on every call.
 */

/**
 * Writes dead letters.
 * @param rows what follows SELECT: app, capability, payload, error, attempts, delivery, endpoint, event type,
 * category, reason, and the FROM clause
 */
export function insertDeadLetters(rows: string): string {
  return `
  INSERT INTO webhook_dead_letter_queue AS q (id, app_id, capability, payload, error, attempts, delivery_id,
    endpoint_id, event_type, category, reason)
  SELECT gen_random_uuid(), ${rows}
  -- A delivery that failed again after a retry keeps its dead letter, which is open again; requeued_at says
  -- when it was last sent again.
  ON CONFLICT (delivery_id) DO UPDATE SET error = EXCLUDED.error, attempts = EXCLUDED.attempts, failed_at = now(),
    category = EXCLUDED.category, reason = EXCLUDED.reason, resolved_at = NULL, resolved_by = NULL`;
}

/**
 * How many wake-ups an endpoint has in the queue, counted up to `size`. Index: deliveries_window_idx.
 * @param endpoint expression for the endpoint's id
 * @param size expression for the size of its window
 */
export function takenOfWindow(endpoint: string, size: string): string {
  return `(
    SELECT count(*) FROM (
      SELECT 1 FROM deliveries w WHERE w.endpoint_id = ${endpoint} AND w.enqueued_at IS NOT NULL
      LIMIT ${size}) AS taken)`;
}
