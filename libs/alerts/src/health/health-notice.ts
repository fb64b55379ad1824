import { appScreen, durationText, timeText, type Notice } from '@breakwater/notifications';

/** An outage of an app's health URL, as the checks saw it. */
export interface Outage {
  appId: string;
  appName: string;
  url: string;
  failingSince: Date;
  checkedAt: Date;
  /** Failed checks in a row. */
  failures: number;
  error: string | null;
}

export function unhealthyNotice(outage: Outage): Notice {
  const { appId, appName, url, failingSince, checkedAt, failures, error } = outage;
  return {
    ...about(outage, 'app_unhealthy'),
    mood: 'problem',
    title: `${appName} is unhealthy`,
    summary: `The health URL of ${appName} failed ${failures} checks in a row.`,
    facts: [
      { name: 'App', value: appId },
      { name: 'Health URL', value: shown(url) },
      { name: 'Failing since', value: timeText(failingSince) },
      { name: 'Checks failed in a row', value: String(failures) },
      { name: 'Last error', value: error ?? 'none' },
    ],
    steps: [
      { text: 'Open the health URL yourself; it has to answer with 2xx and without a key.' },
      { text: 'Restart or fix the app. Its webhooks are still called; their circuit breakers protect it.' },
      { text: 'Nothing has to be done here: a healthy answer clears this automatically.', only: 'owner' },
      {
        text: 'Nothing has to be done here: a healthy answer clears this automatically.',
        path: pathOf(appId),
        only: 'admins',
      },
    ],
    data: {
      appId,
      failures,
      error,
      failingSince: failingSince.toISOString(),
      checkedAt: checkedAt.toISOString(),
    },
  };
}

export function recoveredNotice(outage: Outage): Notice {
  const { appId, appName, url, failingSince, checkedAt } = outage;
  const forText = durationText(checkedAt.getTime() - failingSince.getTime());
  const degraded = outage.error !== null;
  return {
    ...about(outage, 'app_recovered'),
    mood: 'recovery',
    title: degraded ? `${appName} answers again, degraded` : `${appName} is healthy again`,
    summary: `The health URL of ${appName} answers again, after ${forText}.`,
    facts: [
      { name: 'App', value: appId },
      { name: 'Health URL', value: shown(url) },
      { name: 'Failed since', value: timeText(failingSince) },
      { name: degraded ? 'Answers since' : 'Healthy at', value: timeText(checkedAt) },
      ...(outage.error === null ? [] : [{ name: 'Its answer', value: outage.error }]),
    ],
    steps: [
      { text: 'Nothing. Deliveries that waited for an open circuit breaker are tried again.', only: 'owner' },
      {
        text: 'Nothing. Deliveries that waited for an open circuit breaker are tried again.',
        path: pathOf(appId),
        only: 'admins',
      },
    ],
    data: { appId, failingSince: failingSince.toISOString(), checkedAt: checkedAt.toISOString() },
  };
}

/** The start of an outage is part of the key: each notice is sent once, however often it is written. */
function about({ appId, failingSince }: Outage, kind: 'app_unhealthy' | 'app_recovered') {
  return {
    kind,
    appId,
    capability: null,
    audience: 'owner_and_admins' as const,
    dedupeKey: `${kind}:${appId}:${failingSince.getTime()}`,
  };
}

function pathOf(appId: string): string {
  return appScreen(appId);
}

/** Without its query, which may contain a key. */
function shown(url: string): string {
  return url.split('?')[0]!;
}
