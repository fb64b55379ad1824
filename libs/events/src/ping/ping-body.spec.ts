import { expect, it } from 'vitest';
import { pingBody } from './ping-body.js';

it('the body of a ping says what it is, for which subscription, and when it was sent', () => {
  const body = pingBody({ appId: 'shop', name: 'ledger', sentAt: new Date(Date.UTC(2026, 10, 28)) });
  expect(JSON.parse(body.toString())).toEqual({
    type: 'breakwater.ping',
    test: true,
    appId: 'shop',
    subscription: 'ledger',
    sentAt: '2026-11-28T00:00:00.000Z',
  });
});
