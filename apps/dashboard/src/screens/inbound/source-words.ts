import type { SourceDto } from '@breakwater/client';
import type { Tone } from '../../show/state-badge.js';

type Verified = Pick<SourceDto, 'verification'>;

/** Whose signatures a source verifies. */
export function verificationOf({ verification }: Verified): string {
  const { preset } = verification as { preset?: unknown };
  if (preset === 'none') return 'not verified';
  return typeof preset === 'string' ? preset : 'own scheme';
}

/** What a source does with a request, and what it lacks. */
export function stateOf({ pausedAt, missing }: Pick<SourceDto, 'pausedAt' | 'missing'>): {
  state: string;
  word: string;
  tone: Tone;
} {
  if (missing.length > 0) return { state: 'warning', word: `lacks ${missing.join(', ')}`, tone: 'warning' };
  if (pausedAt) return { state: 'paused', word: 'paused', tone: 'neutral' };
  return { state: 'active', word: 'active', tone: 'ok' };
}

/** A command that sends a request to a source, as a provider would. It is not signed. */
export function sampleCurl(url: string): string {
  return `curl -X POST '${url.replaceAll("'", String.raw`'\''`)}' -H 'content-type: application/json' -d '{"hello":"world"}'`;
}

/** A captured request as it came over the wire, as far as it is text. */
export function rawRequest(capture: {
  method: string;
  path: string;
  query: string;
  headers: readonly { name: string; value: string }[] | null;
  bodyText: string | null;
}): string {
  const { method, path, query, headers, bodyText } = capture;
  const lines = [`${method} ${path}${query === '' ? '' : `?${query.replace(/^\?/, '')}`}`];
  for (const { name, value } of headers ?? []) lines.push(`${name}: ${value}`);
  return `${lines.join('\n')}\n\n${bodyText ?? ''}`;
}
