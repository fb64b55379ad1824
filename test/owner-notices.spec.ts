import { describe, expect, it } from 'vitest';
import { ALERT_TYPES, type AlertRule } from '../libs/alerts/src/rules/alert-rule.js';
import { firingNotice, resolvedNotice } from '../libs/alerts/src/rules/alert-notice.js';
import { disabledNotice, failingNotice } from '../libs/alerts/src/disabled-endpoints/disabled-notice.js';
import type { BreakerEvent } from '../libs/notifications/src/breaker-notices/breaker-event.js';
import { breakerNotice, summaryNotice } from '../libs/notifications/src/breaker-notices/breaker-notice.js';
import { noticeFor } from '../libs/notifications/src/notices/notice-for.js';
import { noticeMail } from '../libs/notifications/src/notices/notice-mail.js';
import type { Notice } from '../libs/notifications/src/notices/notice.js';
import { failureNotice } from '../libs/notifications/src/permanent-failures/failure-notice.js';
import { recoveredNotice, unhealthyNotice } from '../libs/alerts/src/health/health-notice.js';

const BASE = 'https://breakwater.example';
const at = new Date('2026-11-26T10:00:00Z');
const quiz = { appId: 'quiz', appName: 'Quiz', capability: 'quiz_answer', subscription: null };
const opened: BreakerEvent = {
  ...quiz,
  id: 1,
  generation: 1,
  happened: 'opened',
  at,
  failingSince: at,
  failureCount: 5,
  cause: 'failures',
  lastError: 'http 500',
  forced: null,
  resetBy: null,
  openMs: null,
  enforced: true,
};
const summary = {
  ...quiz,
  id: 1,
  generation: 1,
  opened: 2,
  closed: 2,
  from: at,
  to: at,
  lastError: null,
  enforced: true,
};
const outage = {
  ...quiz,
  url: 'https://quiz.example/health',
  failingSince: at,
  checkedAt: at,
  failures: 3,
  error: null,
};
const disabled = {
  id: 'e',
  appId: 'quiz',
  appName: 'Quiz',
  capability: 'quiz_answer',
  subscription: null,
  url: 'https://quiz.example/hooks',
  reason: 'it answered 410 Gone',
  disabledAt: at,
};
const failing = {
  endpointId: 'e',
  appId: 'quiz',
  appName: 'Quiz',
  name: 'ledger',
  capability: 'endpoint:e',
  url: 'https://quiz.example/hooks',
  since: at,
  calls: 42,
  isOver: false,
  disabledFrom: at,
};
const rule = (type: AlertRule['type']): AlertRule => ({
  id: 'r',
  name: 'Rule',
  type,
  appId: null,
  capability: null,
  threshold: 1,
  windowMs: 3_600_000,
  minSamples: 20,
  cooldownSeconds: 3600,
  channels: [],
  enabled: true,
});
const told = (type: AlertRule['type'], capability: string | null) => ({
  id: 'case',
  rule: rule(type),
  appId: 'quiz',
  capability,
  firedAt: at,
  now: at,
  value: 1,
  worstValue: 1,
  samples: 20,
});

const all: [string, Notice][] = [
  ['an opening', breakerNotice(opened, 900_000)],
  ['a closing', breakerNotice({ ...opened, happened: 'closed' }, 900_000)],
  ['a flapping breaker that is open', summaryNotice({ ...summary, state: 'open' }, 900_000)],
  ['a flapping breaker that is closed', summaryNotice({ ...summary, state: 'closed' }, 900_000)],
  ['a disabled capability', disabledNotice(disabled, 86_400_000)],
  ['a disabled subscription', disabledNotice({ ...disabled, subscription: 'ledger' }, 86_400_000)],
  ['a failing subscription', failingNotice(failing)],
  ['an outage', unhealthyNotice(outage)],
  ['its end', recoveredNotice(outage)],
  [
    'dead letters',
    failureNotice({
      ...quiz,
      total: 1,
      from: at,
      to: at,
      letters: [{ id: 'l', deliveryId: 'd', error: 'e', attempts: 1, reason: 'exhausted' }],
    }),
  ],
  ...ALERT_TYPES.flatMap((type): [string, Notice][] => [
    [`the alert ${type}`, firingNotice(told(type, null))],
    [`the alert ${type} of a capability`, firingNotice(told(type, 'quiz_answer'))],
    [`the end of the alert ${type}`, resolvedNotice(told(type, null), 'recovered')],
  ]),
];
const notices = all.filter(([, { audience }]) => audience === 'owner_and_admins');

describe.each(notices)('a mail about %s', (_, notice) => {
  it('says to its owner what to do with the own key, and has no link for admins', async () => {
    const { html, text } = await noticeMail(noticeFor(notice, 'owner'), BASE);
    for (const part of [html, text]) expect(part).not.toMatch(/\/admin\/|dlq|\/api\/v1\//);
    expect(noticeFor(notice, 'owner').steps.length).toBeGreaterThan(0);
    // The portal of the app, without a token.
    expect(text).toContain(`${BASE}/portal/quiz`);
    expect(text).not.toMatch(/bwp_|token/);
    // Only what an app's key may do.
    for (const [command] of text.replaceAll(/\s+/g, ' ').matchAll(/breakwater \w+ \w+/g))
      expect([
        'breakwater breaker show',
        'breakwater breaker list',
        'breakwater deliveries list',
        'breakwater deliveries redeliver',
        'breakwater deliveries show',
        'breakwater enable quiz',
        'breakwater subscriptions enable',
        'breakwater subscriptions show',
      ]).toContain(command);
  });

  it('gives admins a link', async () => {
    const { text } = await noticeMail(noticeFor(notice, 'admins'), BASE);
    expect(text).toMatch(new RegExp(`${BASE}/(apps|breakers|dead-letters|deliveries|alerts|system)`));
    expect(text).not.toContain('/portal/');
  });
});
