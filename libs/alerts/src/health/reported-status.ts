/** The health that an answer reports in its body. */
export type Reported = 'healthy' | 'degraded' | 'unhealthy';

const WORDS: Readonly<Record<string, Reported>> = {
  ok: 'healthy',
  pass: 'healthy',
  up: 'healthy',
  healthy: 'healthy',
  degraded: 'degraded',
  warn: 'degraded',
  fail: 'unhealthy',
  down: 'unhealthy',
  unhealthy: 'unhealthy',
};

/**
 * Reads `status` of a JSON object, in any case: the words of health+json drafts and of common frameworks.
 * @param body at most the first 10 KiB of an answer; a longer one is not valid JSON
 * @returns null where the body reports nothing: no JSON, no `status`, or another word
 */
export function reportedStatus(body: Buffer): { reported: Reported; word: string } | null {
  const word = statusOf(body);
  if (word === null) return null;
  const reported = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  return reported === undefined ? null : { reported, word };
}

function statusOf(body: Buffer): string | null {
  try {
    // TextDecoder removes a byte order mark, JSON.parse does not.
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body));
    const status = (parsed as { status?: unknown } | null)?.status;
    return typeof status === 'string' ? status.toLowerCase() : null;
  } catch {
    return null;
  }
}
