import { describe, expect, it } from 'vitest';
import { shownHeaders } from './shown-headers.js';

describe('the headers of a captured request', () => {
  it.each([
    'Authorization',
    'cookie',
    'X-Gitlab-Token',
    'x-telegram-bot-api-secret-token',
    'X-API-Key',
    'X-Auth-Key',
  ])('are not shown if they are secrets: %s', (name) =>
    expect(shownHeaders([[name, 'x']])).toEqual([{ name, value: '***' }]),
  );

  it.each(['X-Hub-Signature-256', 'webhook-id', 'content-type', 'X-GitHub-Delivery'])(
    'are shown: %s',
    (name) => expect(shownHeaders([[name, 'x']])).toEqual([{ name, value: 'x' }]),
  );
});
