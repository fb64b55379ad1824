import { expect, it } from 'vitest';
import { whySkipped } from './skipped.js';

it.each([
  ['type', null, 'It does not listen to this type.'],
  ['filter', '/payload/total/$gt', 'Its filter does not match at /payload/total/$gt.'],
  ['filter', null, 'Its filter does not match.'],
  ['disabled', null, 'It was disabled.'],
  ['new_reason', null, 'new reason'],
  ['new_reason', '/a', 'new reason /a'],
])('%s %s is told', (reason, term, told) => expect(whySkipped({ reason, term })).toBe(told));
