import { durationText } from '../mail/duration-text.js';
import { timeText } from '../mail/time-text.js';
import type { Notice } from '../notices/notice.js';
import type { BreakerEvent } from './breaker-event.js';

/** What people are told of a breaker that opened or closed. */
export function breakerNotice(event: BreakerEvent, generation: number): Notice {
  const { happened, appId, appName, capability, failureCount, failingSince, lastError, resetBy, openMs } =
    event;
  const opened = happened === 'opened';
  return {
    kind: `breaker_${happened}`,
    mood: opened ? 'problem' : 'recovery',
    ...{ appId, capability, audience: 'owner_and_admins' },
    title: `Circuit breaker ${opened ? 'open' : 'closed'}: ${capability} of ${appName}`,
    summary: opened ? summaryOfOpened(event) : summaryOfClosed(event),
    facts: [
      { name: 'App', value: `${appName} (${appId})` },
      { name: 'Capability', value: capability },
      ...(opened ? factsOfOpened(event) : factsOfClosed(event)),
      { name: 'Last error', value: lastError ?? 'unknown' },
    ],
    steps: opened ? stepsOfOpened(event) : stepsOfClosed(event),
    data: { generation, failureCount, failingSince, lastError, resetBy, openMs },
    dedupeKey: `breaker:${appId}:${capability}:${generation}`,
  };
}

type Facts = Notice['facts'];
type Steps = Notice['steps'];

function summaryOfOpened({ enforced }: BreakerEvent): string {
  return enforced
    ? 'Its circuit breaker opened: the app is not called for now. Callers get the fallback’s answer at once, and async deliveries wait.'
    : 'Its circuit breaker opened but only observes: the app is called as before.';
}

function summaryOfClosed({ resetBy }: BreakerEvent): string {
  return resetBy === null
    ? 'Its circuit breaker closed: the app answered the test calls.'
    : `Its circuit breaker was reset by ${resetBy}. Should the app still fail, it opens again.`;
}

function factsOfOpened({ at, failingSince, failureCount }: BreakerEvent): Facts {
  return [
    { name: 'Opened at', value: timeText(at) },
    { name: 'Failing since', value: timeText(failingSince ?? at) },
    { name: 'Failures in a row', value: String(failureCount) },
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

function stepsOfOpened(event: BreakerEvent): Steps {
  return [
    { text: 'Find out why the app’s webhook fails; the last error above is where to start.' },
    {
      text: 'Watch the breaker. It tries one call from time to time and closes by itself once the app answers again; a POST to this address followed by /reset closes it at once:',
      path: statusPath(event),
    },
    { text: 'Retry afterwards what was given up on:', path: deadLettersPath(event) },
    { text: 'The API’s documentation:', path: '/docs' },
  ];
}

function stepsOfClosed(event: BreakerEvent): Steps {
  return [
    { text: 'Retry what was given up on meanwhile:', path: deadLettersPath(event) },
    { text: 'See the breaker’s history:', path: statusPath(event) },
    { text: 'The API’s documentation:', path: '/docs' },
  ];
}

function statusPath({ appId, capability }: BreakerEvent): string {
  return `/api/v1/admin/circuit-breaker/${encodeURIComponent(appId)}/${encodeURIComponent(capability)}`;
}

function deadLettersPath({ appId }: BreakerEvent): string {
  return `/api/v1/admin/dlq?appId=${encodeURIComponent(appId)}`;
}
