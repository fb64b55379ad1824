import { describe, expect, it } from 'vitest';
import type { BreakerEvent } from './breaker-event.js';
import { breakerNotice } from './breaker-notice.js';

const event: BreakerEvent = {
  id: 1,
  generation: 2,
  happened: 'opened',
  appId: 'quiz',
  appName: 'Quiz',
  capability: 'answer',
  subscription: null,
  at: new Date('2026-11-28T12:00:00Z'),
  failingSince: null,
  failureCount: 0,
  cause: 'forced_open',
  lastError: null,
  forced: { by: 'ops', reason: 'their data center moves.' },
  resetBy: null,
  openMs: null,
  enforced: true,
};
const stepsOf = (of: BreakerEvent): string =>
  breakerNotice(of, 0)
    .steps.map(({ text }) => text)
    .join('\n');

describe('the notice of a breaker that a person forced', () => {
  it.each<[string, Partial<BreakerEvent>, string]>([
    [
      'open',
      {},
      'Its circuit breaker was forced open by ops: the app is not called until a person makes the breaker automatic again. Reason: their data center moves.',
    ],
    [
      'open, and that only observes',
      { enforced: false },
      'Its circuit breaker was forced open by ops: it only observes, so the app is called as before. Reason: their data center moves.',
    ],
    [
      'closed',
      { happened: 'closed', cause: 'forced_closed' },
      'Its circuit breaker was forced closed by ops: every call is sent, and failures do not open it until a person makes it automatic again. Reason: their data center moves.',
    ],
  ])('%s says who and why', (_, other, summary) =>
    expect(breakerNotice({ ...event, ...other }, 0).summary).toBe(summary),
  );

  it('open tells the owner to ask, and admins the command that ends it', () => {
    expect(stepsOf(event)).toContain('Nothing. Ask the platform when its calls are sent again.');
    expect(stepsOf(event)).toContain('breakwater breaker automatic quiz answer --reason TEXT');
    expect(stepsOf(event)).not.toContain('Find out why');
  });

  it('is another than that of one that failures opened', () =>
    expect(stepsOf({ ...event, cause: 'failures', forced: null })).toContain(
      'Find out why the app’s webhook fails',
    ));
});
