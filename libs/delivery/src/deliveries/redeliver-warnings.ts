/** What delays calls of an endpoint. */
export interface Obstacles {
  appId: string;
  capability: string;
  /** `paused` or `disabled`; null where it is called. */
  hold: string | null;
  /** closed, open, half_open. */
  breaker: string;
  /** Whether a person forced the breaker. */
  forced: boolean;
  retryAt: Date | null;
}

/** Sentences for a person who is about to send a delivery again. */
export function redeliverWarnings(
  { appId, capability, hold, breaker, forced, retryAt }: Obstacles,
  { isEdited, hasRequest }: { isEdited: boolean; hasRequest: boolean },
): string[] {
  const name = `"${capability}" of app "${appId}"`;
  const warnings: string[] = [];
  if (hold === 'paused') warnings.push(`${name} is paused: the delivery waits until it is resumed.`);
  if (breaker === 'open')
    warnings.push(
      forced
        ? `The circuit breaker of ${name} was forced open: the delivery waits until a person makes it automatic again.`
        : `The circuit breaker of ${name} is open: the delivery waits for the next probe${at(retryAt)}.`,
    );
  if (breaker === 'half_open')
    warnings.push(`The circuit breaker of ${name} is half-open: only one call at a time is sent.`);
  if (isEdited && hasRequest)
    warnings.push(
      'The edited payload is sent as application/json by POST; the event itself, and a captured request, stay as they are.',
    );
  return warnings;
}

function at(retryAt: Date | null): string {
  return retryAt === null ? '' : `, at ${retryAt.toISOString()} or later`;
}
