/*
 * Parts of statements that several stores need. They are texts and not database functions: a function that writes
 * dead letters takes twice as long for each (2.4 instead of 1.1 ms for 50), and the plan of a function cannot be seen
 * in that of its statement, which is made once and kept (plans.spec.ts).
 */

/**
 * Writes dead letters.
 * @param rows what follows SELECT: app, capability, payload, error, attempts, delivery, endpoint, event type,
 * event, category, reason, error class, and the FROM clause
 */
export function insertDeadLetters(rows: string): string {
  return `
  INSERT INTO webhook_dead_letter_queue AS q (id, app_id, capability, payload, error, attempts, delivery_id,
    endpoint_id, event_type, event_id, category, reason, error_class)
  SELECT gen_random_uuid(), ${rows}
  -- A delivery that failed again after a retry keeps its dead letter, which is open again; requeued_at says
  -- when it was last sent again.
  ON CONFLICT (delivery_id) DO UPDATE SET error = EXCLUDED.error, attempts = EXCLUDED.attempts, failed_at = now(),
    category = EXCLUDED.category, reason = EXCLUDED.reason, error_class = EXCLUDED.error_class, resolved_at = NULL, resolved_by = NULL,
    recorded_in = EXCLUDED.recorded_in`;
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

/**
 * How many wake-ups more an endpoint `e` with its breaker `b` may have in the queue. While the breaker refuses or the
 * endpoint is held, all is parked.
 * @param enforces expression that says whether breakers refuse at all
 */
export function freeInWindow(enforces: string): string {
  const size = 'endpoint_window(e.ordered, e.width)';
  return `
  CASE WHEN e.hold IS NOT NULL THEN 0
    WHEN ${enforces}::boolean AND b.state = 'open' AND b.retry_at > now() THEN 0
    ELSE ${size} - ${takenOfWindow('e.id', size)} END`;
}

/** The breaker of an endpoint `e`. Index: circuit_breaker_state_pkey. */
export const JOIN_BREAKER = `
  LEFT JOIN circuit_breaker_state b ON b.app_id = e.app_id AND b.capability = e.capability`;

/**
 * The free capacity of each endpoint of `given`, and the time by its clock: the query that follows
 * `given (id, endpoint_id, place)`.
 */
export function freeInWindows(enforces: string): string {
  return `
capacity AS (
  SELECT e.id, age_clock(e.age_stopped_ms, e.age_stopped_at) AS age_at, ${freeInWindow(enforces)} AS free
  FROM endpoints e ${JOIN_BREAKER}
  WHERE e.id IN (SELECT DISTINCT endpoint_id FROM given)
)`;
}
