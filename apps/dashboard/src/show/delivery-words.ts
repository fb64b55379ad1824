/** What a delivery carries: the type of its event, or the capability that is called. */
export function subjectOf({
  eventType,
  capability,
}: {
  eventType: string | null;
  capability: string;
}): string {
  return eventType ?? endpointOf(capability);
}

const WAITS: Record<string, string> = {
  retry: 'waits for its retry',
  circuit_open: 'waits: the breaker is open',
  rate_limit: 'waits: the rate limit of the endpoint',
  endpoint_slot: 'waits for a free slot of the endpoint',
  app_share: 'waits for a free slot of the app',
  redelivered: 'was sent again and is due',
  paused: 'waits: paused',
  disabled: 'waits: disabled',
};

/** Why a delivery waits, as a sentence without its subject. */
export function waitOf(reason: string | null): string {
  return reason === null ? 'is due' : (WAITS[reason] ?? `waits: ${reason.replaceAll('_', ' ')}`);
}

/** How its attempts went: "2 of 8", or "2". */
export function attemptsOf({
  attempts,
  maxAttempts,
}: {
  attempts: number;
  maxAttempts: number | null;
}): string {
  return maxAttempts === null || maxAttempts < attempts ? String(attempts) : `${attempts} of ${maxAttempts}`;
}

const ERROR_CLASSES: Record<string, string> = {
  network: 'network',
  rate_limit: 'rate limit',
  server_error: 'server error',
  client_error: 'client error',
  signature: 'signature',
  validation: 'validation',
  blocked: 'blocked address',
};

export function errorClassOf(errorClass: string | null): string {
  return errorClass === null
    ? 'no call was made'
    : (ERROR_CLASSES[errorClass] ?? errorClass.replaceAll('_', ' '));
}

const SUBSCRIPTION = 'endpoint:';

/** The capability of an endpoint; that of a subscription is made of its id, and shortened. */
export function endpointOf(capability: string): string {
  return capability.startsWith(SUBSCRIPTION)
    ? `subscription ${shortId(capability.slice(SUBSCRIPTION.length))}`
    : capability;
}

/** The end of an id, which differs even between ids of the same moment. */
export function shortId(id: string): string {
  return id.length > 12 ? `…${id.slice(-12)}` : id;
}
