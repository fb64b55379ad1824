import { describe, expect, it } from 'vitest';
import { HEADER_MAX_BYTES, headerProblems, HEADERS_MAX_COUNT } from './header-problems.js';

const rules = (headers: unknown) => headerProblems(headers).map((problem) => problem.rule);

describe('custom headers', () => {
  it.each([
    'authorization',
    'Cookie',
    'X-Api-Key',
    'accept',
    'x-team',
    'webhooks',
    'x-request',
    "a!#$%&'*+.^_`|~",
  ])('%s may be set', (name) => expect(headerProblems({ [name]: 'value' })).toEqual([]));

  it.each([
    'Connection',
    'keep-alive',
    'Proxy-Authorization',
    'proxy-connection',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Expect',
    'Host',
    'HTTP2-Settings',
    'Content-Length',
    'content-type',
    'Content-Encoding',
    'Accept-Encoding',
    'Forwarded',
    'X-Forwarded-For',
    'x-forwarded-host',
    'X-Real-IP',
    'Via',
    'webhook-id',
    'Breakwater-Id',
    'Webhook-Signature',
    'X-Platform-Signature',
    'X-Webhook-Id',
    'X-Request-ID',
    'X-Timeout-Ms',
    'X-Retry-Attempt',
    'X-Max-Attempts',
    'User-Agent',
    'traceparent',
    'tracestate',
    'Metadata-Flavor',
    'X-aws-ec2-metadata-token',
    'X-aws-ec2-metadata-token-ttl-seconds',
    'metadata',
  ])('%s may not be set', (name) => {
    expect(headerProblems({ [name]: 'value' })).toEqual([
      { pointer: `/${name}`, rule: 'header_name', message: 'this header may not be set', value: name },
    ]);
  });

  it('named __proto__ may not be set', () => {
    expect(rules(JSON.parse('{"__proto__":"x"}'))).toEqual(['header_name']);
  });

  it.each(['', 'a b', 'a:', 'a\r\nb', 'ä', 'a\0', '(a)', 'a"', '😀'])('%j is no name', (name) => {
    expect(rules({ [name]: 'value' })).toEqual(['header_name']);
  });

  it.each(['', 'plain', 'tab\tinside', 'ümlaut', '"quoted", and; more'])('%j is a value', (value) => {
    expect(headerProblems({ 'x-a': value })).toEqual([]);
  });

  it.each(['a\r\nb: c', 'a\nb', 'a\r', 'a\0b', 'a\x7f', 'a\x1b[0m', '\x85', '日本', 'a\u2028', '\ud800'])(
    '%j is no value and is not repeated',
    (value) => {
      const problems = headerProblems({ 'x-a': value });
      expect(problems.map((problem) => problem.rule)).toEqual(['header_value']);
      expect(problems[0]!.value).toBe('x-a');
    },
  );

  it.each([1, null, undefined, {}, ['a']])('%j is no text', (value) => {
    expect(rules({ 'x-a': value })).toEqual(['header_value']);
  });

  it.each([null, undefined, 'a: b', ['a'], 5])('%j is no set of headers', (headers) => {
    expect(rules(headers)).toEqual(['headers']);
  });

  it('may hold 4096 bytes in name and value together', () => {
    const value = 'x'.repeat(HEADER_MAX_BYTES - 3);
    expect(rules({ 'x-a': value })).toEqual([]);
    expect(headerProblems({ 'x-a': `${value}x` })).toMatchObject([
      { pointer: '/x-a', rule: 'header_size', bounds: { max: 4096 } },
    ]);
  });

  it('may be 20 at most', () => {
    const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`x-${i}`, 'v']));
    expect(rules(many(HEADERS_MAX_COUNT))).toEqual([]);
    expect(rules(many(HEADERS_MAX_COUNT + 1))).toEqual(['header_count']);
  });

  it('may not differ in case only', () => {
    expect(headerProblems({ 'x-a': '1', 'X-A': '2' })).toMatchObject([
      { pointer: '/X-A', rule: 'header_name' },
    ]);
  });

  it('have all their problems named at once, with JSON pointers', () => {
    expect(
      headerProblems({ 'a/b~c': 'x', host: 'y', 'x-a': '\n' }).map((problem) => problem.pointer),
    ).toEqual(['/a~1b~0c', '/host', '/x-a']);
  });
});
