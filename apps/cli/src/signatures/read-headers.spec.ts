import { describe, expect, it } from 'vitest';
import { readHeaders } from './read-headers.js';

describe('headers', () => {
  it.each([
    ['lines', 'Webhook-Id: a\r\nWebhook-Timestamp:1\n'],
    ['lines of curl', '> POST / HTTP/1.1\n> Webhook-Id: a\n> webhook-timestamp: 1\n>\n'],
    ['JSON', '{"Webhook-Id":"a","webhook-timestamp":1}'],
  ])('are read from %s', (_, text) =>
    expect(readHeaders(text)).toEqual({ 'webhook-id': 'a', 'webhook-timestamp': '1' }),
  );

  it.each([
    ['nothing', '', 'there are no headers'],
    ['a request line alone', 'POST / HTTP/1.1', 'there are no headers'],
    ['half of an object', '{"a":', 'the headers are not JSON'],
    ['an empty object', '{}', 'there are no headers'],
  ])('are not in %s', (_, text, told) => expect(() => readHeaders(text)).toThrow(told));
});
