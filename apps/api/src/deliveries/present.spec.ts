import { describe, expect, it } from 'vitest';
import { signatureOf } from './present.js';

const signed = {
  'webhook-id': 'msg_1',
  'webhook-timestamp': '1795000000',
  'webhook-signature': 'v1,*** v1a,***',
};

describe('what was signed', () => {
  it('has the id, the time and the schemes, of masked signatures', () =>
    expect(signatureOf(signed)).toEqual({ id: 'msg_1', timestamp: '1795000000', schemes: ['v1', 'v1a'] }));

  it('has no scheme where the whole signature was masked', () =>
    expect(signatureOf({ ...signed, 'webhook-signature': '***' })?.schemes).toEqual([]));

  it('is unknown without headers', () => expect(signatureOf(null)).toBeNull());

  it.each(Object.keys(signed))('is unknown without %s', (name) => {
    const headers: Record<string, string> = { ...signed };
    delete headers[name];
    expect(signatureOf(headers)).toBeNull();
  });
});
