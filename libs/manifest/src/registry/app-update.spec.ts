import { describe, expect, it } from 'vitest';
import { appUpdateProblems } from './app-update.js';

const capabilities = new Map([
  ['quiz_answer', false],
  ['report', true],
]);

describe('a change of an app', () => {
  it.each([
    ['nothing', {}],
    ['active', { status: 'active' }],
    ['disabled with a reason', { status: 'disabled', disabledReason: 'abuse' }],
    ['timeouts at their bounds', { webhookTimeouts: { quiz_answer: 30_000, report: 60_000 } }],
    ['timeouts at their lower bound', { webhookTimeouts: { quiz_answer: 1000 } }],
    ['no timeouts', { webhookTimeouts: {} }],
    ['signed with its secret', { signatures: ['v1'] }],
    ["signed with the platform's key, too", { signatures: ['v1a', 'v1'] }],
  ])('may be %s', (_, update) => expect(appUpdateProblems(update, capabilities)).toEqual([]));

  it.each([
    ['no object', 7, '', 'type'],
    ['an unknown key', { satus: 'active' }, '/satus', 'unknown_key'],
    ['an unknown status', { status: 'off' }, '/status', 'one_of'],
    ['disabled without a reason', { status: 'disabled' }, '/disabledReason', 'required'],
    ['a reason without disabled', { disabledReason: 'x' }, '/disabledReason', 'no_effect'],
    ['an empty reason', { status: 'disabled', disabledReason: ' ' }, '/disabledReason', 'text'],
    ['a reason with NUL', { status: 'disabled', disabledReason: '\u0000' }, '/disabledReason', 'text'],
    ['a long reason', { status: 'disabled', disabledReason: 'x'.repeat(501) }, '/disabledReason', 'text'],
    ['timeouts that are a list', { webhookTimeouts: [] }, '/webhookTimeouts', 'type'],
    ['999 ms', { webhookTimeouts: { quiz_answer: 999 } }, '/webhookTimeouts/quiz_answer', 'range'],
    [
      '30001 ms for a sync one',
      { webhookTimeouts: { quiz_answer: 30_001 } },
      '/webhookTimeouts/quiz_answer',
      'range',
    ],
    [
      '60001 ms for an async one',
      { webhookTimeouts: { report: 60_001 } },
      '/webhookTimeouts/report',
      'range',
    ],
    ['signatures that are no list', { signatures: 'v1' }, '/signatures', 'signatures'],
    ['no signatures', { signatures: [] }, '/signatures', 'signatures'],
    ['signatures without v1', { signatures: ['v1a'] }, '/signatures', 'signatures'],
    ['unknown signatures', { signatures: ['v1', 'v2'] }, '/signatures', 'signatures'],
    ['a signature twice', { signatures: ['v1', 'v1'] }, '/signatures', 'signatures'],
    ['text for ms', { webhookTimeouts: { report: '5000' } }, '/webhookTimeouts/report', 'range'],
    [
      'an unknown capability',
      { webhookTimeouts: { reprot: 5000 } },
      '/webhookTimeouts/reprot',
      'unknown_key',
    ],
  ])('may not be %s', (_, update, pointer, rule) =>
    expect(appUpdateProblems(update, capabilities)).toEqual([expect.objectContaining({ pointer, rule })]),
  );

  it('names the nearest capability, if the app has any', () => {
    const update = { webhookTimeouts: { reprot: 5000 } };
    expect(appUpdateProblems(update, capabilities)[0]!.message).toContain('did you mean "report"?');
    expect(appUpdateProblems(update, new Map())[0]!.message).not.toContain('did you mean');
  });
});
