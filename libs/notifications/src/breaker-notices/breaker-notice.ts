import { durationText } from '../mail/duration-text.js';
import { timeText } from '../mail/time-text.js';
import type { Notice } from '../notices/notice.js';
import type { BreakerEvent } from './breaker-event.js';
import type { BreakerSummary } from './breaker-news.js';
import { breakerScreen, listScreen } from '../notices/screens.js';

type About = Pick<BreakerEvent, 'id' | 'appId' | 'capability'>;
type Facts = Notice['facts'];
type Steps = Notice['steps'];

/**
 * The notice that a breaker opened or closed.
 * @param cooldownMs how long further changes are collected, ms; 0: they are not
 */
export function breakerNotice(event: BreakerEvent, cooldownMs: number): Notice {
  const { happened, appName, generation, failureCount, failingSince } = event;
  const { lastError, resetBy, openMs } = event;
  const opened = happened === 'opened';
  return {
    ...about(event, `breaker_${happened}`),
    mood: opened ? 'problem' : 'recovery',
    title: `Circuit breaker ${opened ? 'open' : 'closed'}: ${nameOf(event)} of ${appName}`,
    summary: `${opened ? summaryOfOpened(event) : summaryOfClosed(event)}${heldText(cooldownMs)}`,
    facts: [
      ...names(event),
      ...(opened ? factsOfOpened(event) : factsOfClosed(event)),
      { name: 'Last error', value: lastError ?? 'unknown' },
    ],
    steps: opened ? stepsWhileOpen(event) : stepsWhenClosed(event),
    data: { generation, failureCount, failingSince, lastError, resetBy, openMs },
  };
}

/** The notice of several changes that were collected. */
export function summaryNotice(summary: BreakerSummary, cooldownMs: number): Notice {
  const { appName, generation, opened, closed, from, to, state, lastError, enforced } = summary;
  const isOpen = state === 'open';
  const now = isOpen
    ? enforced
      ? 'open: the app is not called for now'
      : 'open, but only observes'
    : 'closed';
  return {
    ...about(summary, 'breaker_summary'),
    mood: isOpen ? 'problem' : 'recovery',
    title: `Circuit breaker ${state}, changed ${opened + closed} times: ${nameOf(summary)} of ${appName}`,
    summary: `Its circuit breaker opened ${times(opened)} and closed ${times(closed)} since the last message. It is ${now}.${heldText(cooldownMs)}`,
    facts: [
      ...names(summary),
      { name: 'Opened', value: times(opened) },
      { name: 'Closed', value: times(closed) },
      { name: 'First change', value: timeText(from) },
      { name: 'Last change', value: timeText(to) },
      { name: 'State now', value: state },
      { name: 'Last error', value: lastError ?? 'unknown' },
    ],
    steps: isOpen ? stepsWhileOpen(summary) : stepsWhenClosed(summary),
    data: { generation, opened, closed, from: from.toISOString(), to: to.toISOString(), state, lastError },
  };
}

/** The id of the change is part of the key: so a notice is sent once, also to a later owner of the app's id. */
function about({ id, appId, capability }: About, kind: string) {
  return {
    kind,
    appId,
    capability,
    audience: 'owner_and_admins' as const,
    dedupeKey: `breaker:${appId}:${capability}:${id}`,
  };
}

/** Causes other than failures in a row; the last error has the numbers. */
const RATES: Readonly<Record<string, string>> = {
  failure_rate: 'its rate of failures',
  slow_calls: 'its rate of slow calls',
};

function nameOf({ capability, subscription }: Pick<BreakerEvent, 'capability' | 'subscription'>): string {
  return subscription === null ? capability : `subscription ${subscription}`;
}

function names({
  appId,
  appName,
  capability,
  subscription,
}: Pick<BreakerEvent, 'appId' | 'appName' | 'capability' | 'subscription'>): Facts {
  return [
    { name: 'App', value: `${appName} (${appId})` },
    subscription === null
      ? { name: 'Capability', value: capability }
      : { name: 'Subscription', value: subscription },
  ];
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function heldText(cooldownMs: number): string {
  return cooldownMs === 0
    ? ''
    : ` Changes within the next ${durationText(cooldownMs)} come together in one message.`;
}

function summaryOfOpened({ enforced, forced }: BreakerEvent): string {
  if (forced !== null)
    return `Its circuit breaker was forced open by ${forced.by}: ${enforced ? 'the app is not called until a person makes the breaker automatic again' : 'it only observes, so the app is called as before'}. Reason: ${forced.reason}`;
  return enforced
    ? 'Its circuit breaker opened: the app is not called for now. Callers get the fallback’s answer at once, and async deliveries wait.'
    : 'Its circuit breaker opened but only observes: the app is called as before.';
}

function summaryOfClosed({ resetBy, forced }: BreakerEvent): string {
  if (forced !== null)
    return `Its circuit breaker was forced closed by ${forced.by}: every call is sent, and failures do not open it until a person makes it automatic again. Reason: ${forced.reason}`;
  return resetBy === null
    ? 'Its circuit breaker closed: the app answered the test calls.'
    : `Its circuit breaker was reset by ${resetBy}. If the app still fails, it opens again.`;
}

function factsOfOpened({ at, failingSince, failureCount, cause }: BreakerEvent): Facts {
  return [
    { name: 'Opened at', value: timeText(at) },
    { name: 'Failing since', value: timeText(failingSince ?? at) },
    RATES[cause]
      ? { name: 'Opened by', value: RATES[cause] }
      : { name: 'Failures in a row', value: String(failureCount) },
  ];
}

function factsOfClosed({ at, failingSince, failureCount, openMs }: BreakerEvent): Facts {
  return [
    { name: 'Closed at', value: timeText(at) },
    { name: 'Open for', value: openMs === null ? 'unknown' : durationText(openMs) },
    ...(failingSince === null ? [] : [{ name: 'Had failed since', value: timeText(failingSince) }]),
    { name: 'Failures when it opened', value: String(failureCount) },
  ];
}

function stepsWhileOpen(of: About & { forced?: BreakerEvent['forced'] }): Steps {
  if (of.forced) {
    return [
      { text: 'Nothing. Ask the platform when its calls are sent again.', only: 'owner' },
      {
        text: `Make it automatic once the reason is gone: breakwater breaker automatic ${of.appId} ${of.capability} --reason TEXT. Until then its deliveries wait and age:`,
        path: statusPath(of),
        only: 'admins',
      },
      { text: 'The API’s documentation:', path: '/docs' },
    ];
  }
  return [
    { text: 'Find out why the app’s webhook fails; start with the last error above.' },
    {
      text: `Watch the breaker with your app’s key: breakwater breaker show ${of.appId} ${of.capability}. It tries one call from time to time and closes automatically once the app answers again.`,
      only: 'owner',
    },
    {
      text: `Watch the breaker. It tries one call from time to time and closes automatically once the app answers again; breakwater breaker reset ${of.appId} ${of.capability} closes it at once:`,
      path: statusPath(of),
      only: 'admins',
    },
    ...stepsAboutDeadLetters(of, 'Then send failed deliveries again'),
    { text: 'The API’s documentation:', path: '/docs' },
  ];
}

function stepsWhenClosed(of: About): Steps {
  return [
    ...stepsAboutDeadLetters(of, 'Send deliveries again that failed meanwhile'),
    {
      text: `See the breaker’s history with your app’s key: breakwater breaker show ${of.appId} ${of.capability}`,
      only: 'owner',
    },
    { text: 'See the breaker’s history:', path: statusPath(of), only: 'admins' },
    { text: 'The API’s documentation:', path: '/docs' },
  ];
}

function stepsAboutDeadLetters({ appId }: About, text: string): Steps {
  return [
    {
      text: `${text}, with your app’s key: breakwater deliveries list --status dead_letter, then breakwater deliveries redeliver with the id of each.`,
      only: 'owner',
    },
    { text: `${text}:`, path: listScreen('dead-letters', { app: appId }), only: 'admins' },
  ];
}

function statusPath({ appId, capability }: About): string {
  return breakerScreen(appId, capability);
}
