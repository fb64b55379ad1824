/** Headers of ours that hold no secret. All others are masked: signatures, and whatever an app's manifest asked for. */
const OPEN = new Set([
  'content-type',
  'user-agent',
  'accept-encoding',
  'webhook-id',
  'webhook-timestamp',
  'x-timeout-ms',
  'x-request-id',
  'x-retry-attempt',
  'x-max-attempts',
  'x-webhook-id',
  'x-webhook-attempt',
  'traceparent',
  'breakwater-id',
  'breakwater-timestamp',
  'breakwater-attempt',
  'breakwater-source',
  'breakwater-test',
  'breakwater-listener',
]);

/** Each a list of `scheme,signature`. */
const SIGNATURES = new Set(['webhook-signature', 'breakwater-signature']);

const MASK = '***';

/** Of a signature by Standard Webhooks the schemes stay, so that people see how many secrets signed. */
function shown(name: string, value: string): string {
  if (OPEN.has(name)) return value;
  if (!SIGNATURES.has(name)) return MASK;
  return value.replaceAll(/,[^ ]*/g, `,${MASK}`);
}

/**
 * The headers of a call as they may be shown and stored.
 * @param headers name and value by turns
 */
export function maskedHeaders(headers: readonly string[]): Record<string, string> {
  const masked: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at]!;
    masked[name] = shown(name.toLowerCase(), headers[at + 1]!);
  }
  return masked;
}
