import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowCounts } from '@breakwater/metrics';
import { ALERT_TYPES, type AlertRule, type AlertType } from './alert-rule.js';
import { alertRuleProblems } from './alert-rule-problems.js';
import { firingNotice, quantity, resolvedNotice } from './alert-notice.js';
import { evaluate, worse, type Evaluation } from './evaluate.js';
import { measure, needsCounts, type Gauges } from './measure.js';
import { nextCase, type CaseState } from './next-case.js';
import { planFor } from './plan.js';

const rule = (change: Partial<AlertRule> = {}): AlertRule => ({
  id: 'rule',
  name: 'Rule',
  type: 'success_rate',
  appId: null,
  capability: null,
  threshold: 95,
  windowMs: 3_600_000,
  minSamples: 20,
  cooldownSeconds: 3600,
  channels: [],
  enabled: true,
  ...change,
});
const counts = (change: Partial<WindowCounts>): WindowCounts => ({
  appId: 'a',
  capability: null,
  calls: 100,
  successes: 90,
  timeouts: 0,
  ended: 50,
  endedAttempts: 110,
  p50Ms: 10,
  p95Ms: 2000,
  p99Ms: 3000,
  ...change,
});

describe('a rule', () => {
  it.each([
    ['success_rate', 95, 95, 'fine'],
    ['success_rate', 95, 94.99, 'firing'],
    ['success_rate', 95, 40, 'firing'],
    ['response_time', 5000, 4999, 'fine'],
    ['response_time', 5000, 5000, 'firing'],
    ['avg_attempts', 2, 2, 'fine'],
    ['avg_attempts', 2, 2.01, 'firing'],
    ['dlq_size', 10, 10, 'fine'],
    ['dlq_size', 10, 11, 'firing'],
    ['dlq_size', 0, 1, 'firing'],
    ['queue_depth', 100, 99, 'fine'],
    ['queue_depth', 100, 100, 'firing'],
    ['circuit_open', 1, 1, 'firing'],
    ['app_health', 3, 2, 'fine'],
    ['app_health', 3, 3, 'firing'],
    ['app_health', 3, 5, 'firing'],
  ] as const)('of %s with the threshold %s is at %s: %s', (type, threshold, value, kind) =>
    expect(evaluate(rule({ type, threshold }), { value, samples: null }).kind).toBe(kind),
  );

  it.each([
    ['19 calls are not judged', 19, 0, { kind: 'too_few_samples', value: 0, samples: 19, isBreached: true }],
    [
      'however good they look',
      19,
      100,
      { kind: 'too_few_samples', value: 100, samples: 19, isBreached: false },
    ],
    ['20 calls are', 20, 0, { kind: 'firing', value: 0, samples: 20 }],
  ] as const)('%s', (_, samples, value, verdict) =>
    expect(evaluate(rule(), { value, samples })).toEqual(verdict),
  );

  it('without calls has no value; without anything to count it is zero', () => {
    expect(evaluate(rule(), null)).toEqual({ kind: 'no_samples' });
    expect(evaluate(rule({ type: 'dlq_size' }), null)).toEqual({ kind: 'fine', value: 0, samples: null });
  });

  it('knows which of two values is worse', () => {
    expect(worse({ type: 'success_rate' }, 10, 20)).toBe(10);
    expect(worse({ type: 'dlq_size' }, 10, 20)).toBe(20);
  });

  it.each([
    ['a success rate of 101 %', { threshold: 101 }, '/threshold'],
    ['a negative success rate, which is impossible', { threshold: 0 }, '/threshold'],
    ['more than 10 attempts, which are impossible', { type: 'avg_attempts', threshold: 10 }, '/threshold'],
    ['half a dead letter', { type: 'dlq_size', threshold: 1.5 }, '/threshold'],
    ['not a number', { threshold: NaN }, '/threshold'],
    ['a capability of an app’s health', { type: 'app_health', threshold: 3, capability: 'x' }, '/capability'],
  ] as const)('refuses %s', (_, change, pointer) =>
    expect(alertRuleProblems(rule(change)).map((each) => each.pointer)).toEqual([pointer]),
  );

  it('refuses numbers that do not fit, with bounds and value', () => {
    expect(alertRuleProblems(rule({ type: 'queue_depth', threshold: 0 }))).toEqual([
      {
        pointer: '/threshold',
        rule: 'range',
        bounds: { min: 1, max: 1_000_000_000 },
        value: 0,
        message: 'the threshold of queue_depth must be a whole number from 1 to 1000000000',
      },
    ]);
    expect(alertRuleProblems(rule())).toEqual([]);
  });
});

describe('the subjects of a rule', () => {
  const rows = [
    counts({}),
    counts({ capability: 'quiz', calls: 60, successes: 60 }),
    counts({ capability: 'report', calls: 40, successes: 30 }),
    counts({ appId: 'b', calls: 10, successes: 5, ended: 0, endedAttempts: 0, p95Ms: null }),
    counts({ appId: 'idle', calls: 0, successes: 0 }),
  ];
  const gauges: Gauges = {
    deadLetters: [
      { appId: 'a', capability: 'quiz', count: 3 },
      { appId: 'a', capability: 'report', count: 4 },
      { appId: 'b', capability: 'quiz', count: 5 },
    ],
    waiting: [{ appId: 'a', capability: 'quiz', count: 7 }],
    openBreakers: [
      { appId: 'a', capability: 'quiz', count: 1 },
      { appId: 'b', capability: 'report', count: 1 },
    ],
    failedChecks: [
      { appId: 'a', failures: 4 },
      { appId: 'b', failures: 1 },
    ],
  };
  const values = (change: Partial<AlertRule>): string[] =>
    measure(rule(change), rows, gauges).map(
      ({ appId, capability, value, samples }) =>
        `${appId ?? 'all'}/${capability ?? 'all'} ${value}${samples === null ? '' : ` of ${samples}`}`,
    );

  it.each<[string, Partial<AlertRule>, string[]]>([
    ['each app as a whole', {}, ['a/all 90 of 100', 'b/all 50 of 10']],
    ['one app', { appId: 'a' }, ['a/all 90 of 100']],
    ['each capability of an app', { appId: 'a', capability: '*' }, ['a/quiz 100 of 60', 'a/report 75 of 40']],
    ['one capability of all apps', { capability: 'quiz' }, ['a/quiz 100 of 60']],
    ['only apps with a time', { type: 'response_time' }, ['a/all 2000 of 100']],
    ['only apps whose deliveries ended', { type: 'avg_attempts' }, ['a/all 2.2 of 50']],
    ['the installation', { type: 'dlq_size' }, ['all/all 12']],
    ['one app’s dead letters', { type: 'dlq_size', appId: 'a' }, ['a/all 7']],
    ['one app’s capability', { type: 'dlq_size', appId: 'a', capability: 'report' }, ['a/report 4']],
    ['a capability of each app', { type: 'dlq_size', capability: 'quiz' }, ['a/quiz 3', 'b/quiz 5']],
    ['what waits', { type: 'queue_depth' }, ['all/all 7']],
    ['each open breaker', { type: 'circuit_open' }, ['a/quiz 1', 'b/report 1']],
    ['the open breakers of one app', { type: 'circuit_open', appId: 'b' }, ['b/report 1']],
    ['failed checks by app', { type: 'app_health' }, ['a/all 4', 'b/all 1']],
    ['failed checks of one app', { type: 'app_health', appId: 'b' }, ['b/all 1']],
    ['none where there is nothing', { type: 'dlq_size', appId: 'c' }, []],
  ])('are %s', (_, change, expected) => expect(values(change)).toEqual(expected));

  it('need counts of calls only for types that count calls', () => {
    expect(ALERT_TYPES.filter((type) => needsCounts({ type }))).toEqual([
      'success_rate',
      'response_time',
      'avg_attempts',
    ]);
  });
});

const noon = new Date('2026-11-24T12:00:00Z');
const before = (seconds: number): Date => new Date(noon.getTime() - 1000 * seconds);
const HOUR_MS = 3_600_000;

describe('a case', () => {
  const none: CaseState = { open: null, lastNotifiedAt: null };
  const told: CaseState = { open: { isNotified: true }, lastNotifiedAt: before(600) };
  const untold: CaseState = { open: { isNotified: false }, lastNotifiedAt: before(600) };
  const firing: Evaluation = { kind: 'firing', value: 1, samples: 30 };
  const fine: Evaluation = { kind: 'fine', value: 99, samples: 30 };
  const few = (isBreached: boolean): Evaluation => ({
    kind: 'too_few_samples',
    value: 1,
    samples: 3,
    isBreached,
  });

  it.each<[string, CaseState, Evaluation, ReturnType<typeof nextCase>]>([
    ['opens when its rule fires, with a notification', none, firing, { do: 'open', notify: true }],
    [
      'opens within the cooldown without a notification',
      { ...none, lastNotifiedAt: before(3599) },
      firing,
      { do: 'open', notify: false },
    ],
    [
      'after it with a notification again',
      { ...none, lastNotifiedAt: before(3600) },
      firing,
      { do: 'open', notify: true },
    ],
    ['stays, with one notification', told, firing, { do: 'keep', notify: false }],
    [
      'once only, however long it fires',
      { ...told, lastNotifiedAt: before(99_999) },
      firing,
      { do: 'keep', notify: false },
    ],
    ['without a notification waits for the cooldown', untold, firing, { do: 'keep', notify: false }],
    [
      'and gets one when that is over',
      { ...untold, lastNotifiedAt: before(3600) },
      firing,
      { do: 'keep', notify: true },
    ],
    [
      'resolves when all is well, with a notification',
      told,
      fine,
      { do: 'resolve', reason: 'recovered', notify: true },
    ],
    [
      'but without one if nobody was notified before',
      untold,
      fine,
      { do: 'resolve', reason: 'recovered', notify: false },
    ],
    ['does not open with few calls', none, few(true), { do: 'nothing', notify: false }],
    ['does not end with few calls that look bad', told, few(true), { do: 'keep', notify: false }],
    [
      'ends with few calls that look good',
      told,
      few(false),
      { do: 'resolve', reason: 'recovered', notify: true },
    ],
    [
      'ends when there are no calls',
      told,
      { kind: 'no_samples' },
      { do: 'resolve', reason: 'no_samples', notify: true },
    ],
    ['does not exist without calls', none, { kind: 'no_samples' }, { do: 'nothing', notify: false }],
    ['does not exist while all is well', none, fine, { do: 'nothing', notify: false }],
  ])('%s', (_, state, verdict, step) => expect(nextCase(state, verdict, HOUR_MS, noon)).toEqual(step));

  it('notifies at most once per cooldown, and of its end once if it notified before', () => {
    const verdicts = fc.oneof(
      fc.constant(firing),
      fc.constant(fine),
      fc.boolean().map(few),
      fc.constant<Evaluation>({ kind: 'no_samples' }),
    );
    const history = fc.array(fc.tuple(verdicts, fc.integer({ min: 1, max: 5000 })), { maxLength: 60 });
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 10_000 }), (evaluations, cooldownSeconds) => {
        let state: CaseState = none;
        let now = noon;
        let lastTold: Date | null = null;
        let tellings = 0;
        let recoveries = 0;
        for (const [verdict, seconds] of evaluations) {
          now = new Date(now.getTime() + 1000 * seconds);
          const step = nextCase(state, verdict, cooldownSeconds * 1000, now);
          if (step.do === 'open') expect(state.open).toBeNull();
          if (step.do === 'keep' || step.do === 'resolve') expect(state.open).not.toBeNull();
          if (step.do === 'resolve') {
            if (step.notify) recoveries++;
            expect(recoveries).toBe(tellings);
            state = { ...state, open: null };
          } else if (step.do !== 'nothing') {
            if (step.notify) {
              if (lastTold)
                expect(now.getTime() - lastTold.getTime()).toBeGreaterThanOrEqual(cooldownSeconds * 1000);
              lastTold = now;
              tellings++;
            }
            const isNotified: boolean = step.notify || (state.open?.isNotified ?? false);
            state = { open: { isNotified }, lastNotifiedAt: step.notify ? now : state.lastNotifiedAt };
          }
          expect(tellings - recoveries).toBe(state.open?.isNotified ? 1 : 0);
        }
      }),
    );
  });
});

describe('the plan for a rule', () => {
  const open = { id: 'case', valueAtFiring: 1, worstValue: 1, firedAt: before(60), notifiedAt: before(60) };
  const state = { rule: rule(), now: noon, open: [], lastNotified: [] };

  it('is about every subject that is measured or has an open case', () => {
    const plan = planFor({ ...state, open: [{ ...open, appId: 'gone', capability: null }] }, [
      { appId: 'a', capability: null, value: 10, samples: 50 },
    ]);
    expect(plan.map(({ appId, step }) => `${appId} ${step.do}`)).toEqual(['gone resolve', 'a open']);
  });

  it('keeps subjects apart: each has its own cooldown', () => {
    const plan = planFor(
      { ...state, lastNotified: [{ appId: 'a', capability: null, at: before(60) }] },
      ['a', 'b'].map((appId) => ({ appId, capability: null, value: 10, samples: 50 })),
    );
    expect(plan.map(({ appId, step, isCoolingDown }) => [appId, step.notify, isCoolingDown])).toEqual([
      ['a', false, true],
      ['b', true, false],
    ]);
  });
});

describe('the notice of an alert', () => {
  const told = {
    id: 'case',
    appId: 'quiz app',
    capability: 'answer',
    firedAt: before(600),
    now: noon,
    rule: rule(),
    value: 40,
    worstValue: 33.333333,
    samples: 25,
  };

  it('says what, since when, the numbers, and when it fires', () => {
    const notice = firingNotice(told);
    expect(notice).toMatchObject({ kind: 'alert_firing', mood: 'problem', dedupeKey: 'alert_firing:case' });
    expect(notice.summary).toBe(
      'The success rate of quiz app/answer is 40 % over the last 1 h; the alert rule fires below 95 %.',
    );
    expect(notice.facts).toEqual([
      { name: 'App', value: 'quiz app' },
      { name: 'Capability', value: 'answer' },
      { name: 'Value', value: '40 %' },
      { name: 'Fires when', value: '< 95 %' },
      { name: 'Window', value: '1 h' },
      { name: 'Calls counted', value: '25' },
      { name: 'Since', value: '2026-11-24 11:50:00 UTC' },
    ]);
    expect(firingNotice({ ...told, rule: rule({ type: 'dlq_size', threshold: 10 }) }).summary).toContain(
      'fires above 10.',
    );
    expect(firingNotice({ ...told, rule: rule({ type: 'queue_depth', threshold: 100 }) }).summary).toContain(
      'fires at or above 100.',
    );
    expect(firingNotice({ ...told, value: null }).summary).toContain('33.33 %');
  });

  it('says when it is over, how bad it was and for how long', () => {
    const notice = resolvedNotice({ ...told, value: 100 }, 'recovered');
    expect(notice).toMatchObject({
      kind: 'alert_resolved',
      mood: 'recovery',
      dedupeKey: 'alert_resolved:case',
    });
    expect(notice.summary).toBe(
      'The success rate of quiz app/answer is 100 % over the last 1 h. The alert fired for 10 min.',
    );
    expect(notice.facts).toContainEqual({ name: 'Worst value', value: '33.33 %' });
    expect(resolvedNotice({ ...told, value: null, samples: 0 }, 'no_samples').summary).toContain('no calls');
  });

  it.each(ALERT_TYPES)('says for %s what to do, with valid links', (type: AlertType) => {
    for (const appId of ['quiz app', null]) {
      const notice = firingNotice({ ...told, appId, capability: null, rule: rule({ type }) });
      expect(notice.steps.length).toBeGreaterThan(1);
      for (const { path } of notice.steps) if (path) expect(path).toMatch(/^\/[^\s/][^\s]*$/);
    }
  });

  it('goes to the owner, too, unless it concerns the platform only', () => {
    expect(firingNotice(told).audience).toBe('owner_and_admins');
    expect(firingNotice({ ...told, appId: null, capability: null }).audience).toBe('admins');
    expect(firingNotice({ ...told, rule: rule({ type: 'queue_depth' }) }).audience).toBe('admins');
  });

  it('goes to the channels of its rule, or to all', () => {
    expect(firingNotice(told)).not.toHaveProperty('channels');
    expect(firingNotice({ ...told, rule: rule({ channels: ['slack'] }) }).channels).toEqual(['slack']);
  });

  it('rounds to two decimals', () => {
    expect(quantity('avg_attempts', 2.3456)).toBe('2.35');
    expect(quantity('success_rate', 95)).toBe('95 %');
  });
});
