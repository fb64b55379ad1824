/**
 * Common table expressions over what was recorded, each row of an app, a capability and a minute:
 * - `durations`: `calls` by bucket of their duration. A call with unknown end has none;
 * - `marks`: `marked` times a `mark`, and beside the marks of a status the sums of these calls.
 *
 * The marks:
 * - `status:2xx`, or `status:none` without an answer: of calls, each has one;
 * - `error:` and the error class: of calls that failed;
 * - `end:completed`, in the minute in which the successful call began; `end:fallback` and `end:failed`, in that of the
 *   sync call; `end:dead_letter`, in that of the failure: of deliveries.
 *
 * Rows are read once, and grouped twice at the same time: fine by duration, coarse by what the marks need.
 *
 * @param which condition on `recorded_in`, `app_id`, `capability` and the column `id`, which has the id of the delivery
 *   or of the dead letter
 */
export function durationsAndMarks(which: (id: string) => string): string {
  return `
calls AS MATERIALIZED (
  SELECT app_id, capability, date_trunc('minute', started_at, 'UTC') AS at, duration_bucket(duration_ms) AS bucket,
    CASE WHEN http_status BETWEEN 100 AND 999 THEN http_status / 100 END AS class, error_class, next = 'done' AS done,
    GROUPING(next = 'done') = 1 AS is_duration, count(*)::integer AS calls,
    (count(*) FILTER (WHERE outcome = 'delivered'))::integer AS successes,
    (count(*) FILTER (WHERE outcome = 'timeout'))::integer AS timeouts,
    (count(*) FILTER (WHERE next IN ('done', 'dead')))::integer AS ended,
    COALESCE(sum(number) FILTER (WHERE next IN ('done', 'dead')), 0)::integer AS ended_attempts
  FROM attempts WHERE ${which('delivery_id')}
  GROUP BY GROUPING SETS ((1, 2, 3, 4), (1, 2, 3, 5, 6, 7))
), durations AS (
  SELECT app_id, capability, at, bucket, calls FROM calls WHERE is_duration AND bucket IS NOT NULL
), marks AS MATERIALIZED (${marksBy(
    'app_id, capability, at',
    `(
    SELECT app_id, capability, at, COALESCE('status:' || class || 'xx', 'status:none') AS mark, calls AS marked,
      calls, successes, timeouts, ended, ended_attempts
    FROM calls WHERE NOT is_duration
    UNION ALL
    SELECT app_id, capability, at, 'error:' || error_class, calls, 0, 0, 0, 0, 0 FROM calls
    WHERE NOT is_duration AND error_class IS NOT NULL
    UNION ALL
    SELECT app_id, capability, at, 'end:completed', calls, 0, 0, 0, 0, 0 FROM calls WHERE NOT is_duration AND done
    UNION ALL
    SELECT app_id, capability, date_trunc('minute', created_at, 'UTC'), 'end:' || status, 1, 0, 0, 0, 0, 0
    FROM deliveries WHERE ${which('id')} AND recorded_in > 0 AND kind = 'invocation' AND mode = 'sync'
      AND status IN ('fallback', 'failed')
    UNION ALL
    SELECT app_id, capability, date_trunc('minute', failed_at, 'UTC'), 'end:dead_letter', 1, 0, 0, 0, 0, 0
    FROM webhook_dead_letter_queue WHERE ${which('id')} AND recorded_in > 0) AS found`,
  )}
)`;
}

/** Adds up rows of `marks`. @param keys the app, the capability and the time, as expressions */
export function marksBy(keys: string, source: string): string {
  return `
  SELECT ${keys}, mark, sum(marked)::integer AS marked, sum(calls)::integer AS calls,
    sum(successes)::integer AS successes, sum(timeouts)::integer AS timeouts, sum(ended)::integer AS ended,
    sum(ended_attempts)::integer AS ended_attempts
  FROM ${source} GROUP BY 1, 2, 3, mark`;
}

/** Adds up rows of `durations`. @param keys as of `marksBy` */
export function durationsBy(keys: string, source: string): string {
  return `
  SELECT ${keys}, bucket, sum(calls)::integer AS calls FROM ${source} GROUP BY 1, 2, 3, bucket`;
}
