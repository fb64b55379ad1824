import { describe, expect, it } from 'vitest';
import { PRESETS } from '../presets/index.js';
import { DEFAULT_ANSWER } from '../sources/source.js';
import { acknowledgement } from './acknowledgement.js';

const accepted = { kind: 'accepted', eventId: 'e', deliveries: 1, held: false } as const;
const own = { status: 201, contentType: 'text/xml', body: '<ok/>' };

describe('a stored request is answered', () => {
  it.each([
    ['with 200 and the id of its event', DEFAULT_ANSWER, accepted, 200, '{"id":"e"}'],
    [
      'with the id of the first event, if it is a repeat',
      DEFAULT_ANSWER,
      { kind: 'duplicate', eventId: 'f' },
      200,
      '{"id":"f"}',
    ],
    ['with 202 while the source is paused', DEFAULT_ANSWER, { ...accepted, held: true }, 202, '{"id":"e"}'],
    ['as the source says', own, accepted, 201, '<ok/>'],
    [
      'with 202 while a source with its own answer is paused',
      own,
      { ...accepted, held: true },
      202,
      '{"id":"e"}',
    ],
  ] as const)('%s', (_, answer, stored, status, body) => {
    const given = acknowledgement({ answer, preset: null }, stored);
    expect([given.status, given.body.toString()]).toEqual([status, body]);
  });

  it('as its preset says, also while the source is paused', () => {
    const preset = PRESETS.get('discord')!;
    const given = acknowledgement({ answer: preset.answer!, preset }, { ...accepted, held: true });
    expect([given.status, given.body.length]).toEqual([204, 0]);
  });

  it('with the content type of the source, if it has one', () => {
    expect(acknowledgement({ answer: own, preset: null }, accepted).headers).toEqual({
      'content-type': 'text/xml',
    });
    expect(
      acknowledgement({ answer: { ...own, contentType: null }, preset: null }, accepted).headers,
    ).toEqual({});
  });
});
