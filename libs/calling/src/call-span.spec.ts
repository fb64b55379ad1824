import { describe, expect, it } from 'vitest';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import type { OpenSpan } from '@breakwater/platform';
import type { Outcome } from '@breakwater/webhook-client';
import { callAttributes, noteOutcome } from './call-span.js';

describe('the span of a call', () => {
  it.each([
    ['the host', 'https://hooks.example:8443/secret?token=x', 'hooks.example'],
    ['nothing', 'no address', ''],
  ])('contains of the URL %s', (_, url, host) => {
    const endpoint = { appId: 'quiz', capability: 'report', url } as ResolvedEndpoint;
    expect(callAttributes(endpoint, 'd1', 2)).toEqual({
      'breakwater.app': 'quiz',
      'breakwater.capability': 'report',
      'breakwater.attempt': 2,
      'messaging.message.id': 'd1',
      'server.address': host,
    });
  });

  it.each<[string, Partial<Outcome>, object, string | null]>([
    [
      'is ok when it was delivered',
      { kind: 'delivered', status: 200 },
      { 'breakwater.outcome': 'delivered', 'http.response.status_code': 200 },
      null,
    ],
    [
      'fails with an HTTP error, and has its status',
      { kind: 'http_error', status: 503 },
      { 'breakwater.outcome': 'http_error', 'http.response.status_code': 503 },
      'http_error',
    ],
    ['fails with a timeout', { kind: 'timeout' }, { 'breakwater.outcome': 'timeout' }, 'timeout'],
  ])('%s', (_, outcome, attributes, failure) => {
    const said = {};
    let failed: string | null = null;
    const span = {
      set: (more: object) => Object.assign(said, more),
      fail: (why: string) => {
        failed = why;
      },
    } as unknown as OpenSpan;
    noteOutcome(span, outcome as Outcome);
    expect(said).toEqual(attributes);
    expect(failed).toBe(failure);
  });
});
