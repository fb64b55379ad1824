import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf, storableAction, storableDetail, type AuditedAction } from './audit-entry.js';

const action = (part: Partial<AuditedAction>): AuditedAction => ({
  actor: 'ci',
  actorKeyId: null,
  action: 'app.update',
  target: 'quiz',
  appId: null,
  requestId: null,
  detail: null,
  ...part,
});

describe('the outcome of an action', () => {
  it.each([
    [200, 'done'],
    [204, 'done'],
    [400, 'refused'],
    [409, 'refused'],
    [499, 'refused'],
    [500, 'failed'],
    [503, 'failed'],
  ])('answered with %i is %s', (status, outcome) => expect(outcomeOf(status)).toBe(outcome));
});

describe('a line of the audit log', () => {
  it('is not changed when it is an ordinary one', () => {
    const ordinary = action({ appId: 'quiz', requestId: 'r', detail: { fields: ['status'] } });
    expect(storableAction(ordinary)).toEqual(ordinary);
  });

  it('is cut by characters, not in the middle of one', () => {
    expect(storableAction(action({ target: '🚀'.repeat(501) })).target).toBe('🚀'.repeat(500));
  });

  it('contains nothing that the table cannot hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        const { actor, target } = storableAction(action({ actor: text, target: text }));
        expect(Array.from(actor).length).toBeLessThanOrEqual(255);
        expect(Array.from(target).length).toBeLessThanOrEqual(500);
        expect((actor + target).isWellFormed() && !target.includes('\0')).toBe(true);
      }),
    );
  });

  it('may have no detail, and only a small one', () => {
    expect(storableDetail(undefined)).toBeNull();
    expect(storableDetail({ a: undefined, b: 'x\0\ud800' })).toEqual({ b: 'x\uFFFD\uFFFD' });
    expect(storableDetail({ a: 'x'.repeat(5000) })).toEqual({ tooLong: 5008 });
  });
});
