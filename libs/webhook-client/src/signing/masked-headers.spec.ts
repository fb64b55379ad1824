import { describe, expect, it } from 'vitest';
import { maskedHeaders } from './masked-headers.js';

describe('the headers of a call, as they are shown', () => {
  it('keep what holds no secret, and mask signatures and what a manifest added', () => {
    expect(
      maskedHeaders([
        'content-type',
        'application/json',
        'webhook-id',
        'w-1',
        'webhook-signature',
        'v1,c2ln',
        'X-Retry-Attempt',
        '2',
        'X-Platform-Signature',
        'sha256=ab',
        'authorization',
        'Bearer t',
        'x-own',
        '1',
      ]),
    ).toEqual({
      'content-type': 'application/json',
      'webhook-id': 'w-1',
      'webhook-signature': 'v1,***',
      'X-Retry-Attempt': '2',
      'X-Platform-Signature': '***',
      authorization: '***',
      'x-own': '***',
    });
  });
});
