import { describe, expect, it } from 'vitest';
import { connectionEnd } from './connection-end.js';

describe('an error of a connection', () => {
  it.each([
    ['ECONNRESET', 'read ECONNRESET', 'reset'],
    ['EPIPE', 'write EPIPE', 'reset'],
    ['UND_ERR_SOCKET', 'other side closed', 'closed'],
    ['UND_ERR_SOCKET', 'closed', 'closed'],
    ['UND_ERR_SOCKET', 'bad response', null],
    ['ECONNREFUSED', 'connect ECONNREFUSED', null],
    ['ETIMEDOUT', 'connect ETIMEDOUT', null],
    [undefined, 'the call is over', null],
  ])('%s "%s": %s', (code, message, expected) => {
    expect(connectionEnd(Object.assign(new Error(message), { code }))).toBe(expected);
  });
});
