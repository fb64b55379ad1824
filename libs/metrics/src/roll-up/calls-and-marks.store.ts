/**
 * The common table expression `pieces`: calls by capability, minute and duration, and beside them rows without calls,
 * `marked` times a `mark`:
 * - `status:2xx`, or `status:none` without an answer: of calls;
 * - `error:` and the error class: of calls that failed;
 * - `end:completed`, in the minute in which the successful call began; `end:fallback` and `end:failed`, in that of the
 *   sync call; `end:dead_letter`, in that of the failure: of deliveries.
 *
 * @param which condition on `recorded_in`
 * @param more condition on `app_id` and `capability`
 */
export function callsAndMarks(which: string, more = 'true'): string {
  return `
calls AS MATERIALIZED (
  SELECT app_id, capability, date_trunc('minute', started_at, 'UTC') AS at, duration_bucket(duration_ms) AS bucket,
    CASE WHEN http_status BETWEEN 100 AND 999 THEN http_status / 100 END AS class, error_class, next = 'done' AS done,
    count(*)::integer AS calls, count(*) FILTER (WHERE outcome = 'delivered') AS successes,
    count(*) FILTER (WHERE outcome = 'timeout') AS timeouts, count(*) FILTER (WHERE next IN ('done', 'dead')) AS ended,
    COALESCE(sum(number) FILTER (WHERE next IN ('done', 'dead')), 0) AS ended_attempts
  FROM attempts WHERE ${which} AND ${more}
  GROUP BY 1, 2, 3, 4, 5, 6, 7
), marks AS (
  SELECT c.app_id, c.capability, c.at, m.mark, c.calls AS marked FROM calls c CROSS JOIN LATERAL (VALUES
    (COALESCE('status:' || c.class || 'xx', 'status:none')), ('error:' || c.error_class),
    (CASE WHEN c.done THEN 'end:completed' END)) AS m(mark)
  WHERE m.mark IS NOT NULL
  UNION ALL
  SELECT app_id, capability, date_trunc('minute', created_at, 'UTC'), 'end:' || status, 1 FROM deliveries
  WHERE ${which} AND ${more} AND recorded_in > 0 AND kind = 'invocation' AND mode = 'sync' AND status IN ('fallback', 'failed')
  UNION ALL
  SELECT app_id, capability, date_trunc('minute', failed_at, 'UTC'), 'end:dead_letter', 1 FROM webhook_dead_letter_queue
  WHERE ${which} AND ${more} AND recorded_in > 0
), pieces AS MATERIALIZED (
  SELECT app_id, capability, at, bucket, NULL::text AS mark, sum(calls)::integer AS calls, sum(successes)::integer AS successes,
    sum(timeouts)::integer AS timeouts, sum(ended)::integer AS ended, sum(ended_attempts)::integer AS ended_attempts, 0 AS marked
  FROM calls GROUP BY 1, 2, 3, 4
  UNION ALL
  SELECT app_id, capability, at, NULL, mark, 0, 0, 0, 0, 0, sum(marked)::integer FROM marks GROUP BY 1, 2, 3, 5
)`;
}
