import { describe, expect, it } from 'vitest';
import { listenRequest } from './listen-request.js';

describe('what a listener asks for', () => {
  it.each<[unknown, object]>([
    [undefined, { appId: null, answersCalls: false, capabilities: [] }],
    [{ appId: null }, { appId: null, answersCalls: false, capabilities: [] }],
    [
      { appId: 'shop', calls: true },
      { appId: 'shop', answersCalls: true, capabilities: [] },
    ],
    [
      { calls: true, capabilities: ['quote'] },
      { appId: null, answersCalls: true, capabilities: ['quote'] },
    ],
  ])('%j', (body, expected) => expect(listenRequest(body)).toEqual(expected));

  it.each<[unknown, string]>([
    [{ appId: 7 }, 'appId'],
    [{ appId: 'Not an id' }, 'appId'],
    [{ calls: 'yes' }, 'calls'],
    [{ capabilities: 'quote' }, 'capabilities'],
    [{ capabilities: [7] }, 'capabilities'],
    [{ capabilities: ['no name!'] }, 'capabilities'],
    [{ capabilities: Array.from({ length: 101 }, () => 'quote') }, 'capabilities'],
  ])('%j is refused: %s', (body, member) => {
    expect(listenRequest(body)).toMatch(new RegExp(`^${member} must be [^\n]{10,120}$`));
  });
});
