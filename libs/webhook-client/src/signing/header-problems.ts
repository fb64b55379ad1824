import { pointerTo, type Problem } from '@breakwater/platform';

export const HEADERS_MAX_COUNT = 20;
/** Longest name and value together, in bytes. */
export const HEADER_MAX_BYTES = 4096;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\xa0-\xff]*$/;

/** Names an app may not set on its calls, in lower case. A trailing `*` stands for any ending. */
export const REFUSED_HEADERS: readonly string[] = [
  // the connection is ours (RFC 9110 7.6.1 and its kin)
  'connection',
  'keep-alive',
  'proxy-*',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'http2-settings',
  'content-*',
  'accept-encoding',
  // who called on whose behalf is ours to say
  'forwarded',
  'x-forwarded-*',
  'x-real-ip',
  'via',
  'true-client-ip',
  'cf-connecting-ip',
  // our own
  'webhook-*',
  'breakwater-*',
  'x-platform-*',
  'x-webhook-*',
  'x-request-id',
  'x-timeout-ms',
  'x-retry-attempt',
  'x-max-attempts',
  'user-agent',
  'traceparent',
  'tracestate',
  'baggage',
  // the passwords of cloud metadata services, should the guard ever fail
  'metadata',
  'metadata-flavor',
  'x-google-metadata-request',
  'x-aws-ec2-metadata-token*',
  '__proto__',
];
const REFUSED_EXACT = new Set(REFUSED_HEADERS.filter((name) => !name.endsWith('*')));
const REFUSED_PREFIXES = REFUSED_HEADERS.filter((name) => name.endsWith('*')).map((name) =>
  name.slice(0, -1),
);

/**
 * Every reason to refuse an endpoint's custom headers; empty when they are fine.
 * Pointers are relative to the headers object; values stay out, they may be secret.
 */
export function headerProblems(headers: unknown): Problem[] {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    return [{ pointer: '', rule: 'headers', message: 'headers must be an object of name and text' }];
  }
  const entries = Object.entries(headers);
  const problems = entries.flatMap(([name, value]) => problemsOfHeader(name, value));
  if (entries.length > HEADERS_MAX_COUNT) {
    problems.push({
      pointer: '',
      rule: 'header_count',
      message: `at most ${HEADERS_MAX_COUNT} headers`,
      bounds: { max: HEADERS_MAX_COUNT },
      value: entries.length,
    });
  }
  const seen = new Set<string>();
  for (const [name] of entries) {
    if (seen.has(name.toLowerCase()))
      problems.push(problem(name, 'header_name', 'the header is given twice'));
    seen.add(name.toLowerCase());
  }
  return problems;
}

function problemsOfHeader(name: string, value: unknown): Problem[] {
  if (!TOKEN.test(name)) return [problem(name, 'header_name', 'the header name is not a valid token')];
  if (isRefused(name.toLowerCase())) return [problem(name, 'header_name', 'this header may not be set')];
  if (typeof value !== 'string') return [problem(name, 'header_value', 'the value must be text')];
  if (!VALUE.test(value)) {
    return [problem(name, 'header_value', 'the value holds a control or non-Latin-1 character')];
  }
  // One byte per character: both are Latin-1 by now.
  if (name.length + value.length <= HEADER_MAX_BYTES) return [];
  const bounds = { max: HEADER_MAX_BYTES };
  return [{ ...problem(name, 'header_size', `name and value exceed ${HEADER_MAX_BYTES} bytes`), bounds }];
}

function isRefused(name: string): boolean {
  return REFUSED_EXACT.has(name) || REFUSED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function problem(name: string, rule: string, message: string): Problem {
  const shown = name.slice(0, 100);
  return { pointer: pointerTo(shown), rule, message, value: shown };
}
