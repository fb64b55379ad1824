import type { DisabledEndpoint } from '@breakwater/manifest';
import { appScreen, durationText, timeText, type Notice } from '@breakwater/notifications';
import type { FailingSubscription } from './failing-subscription.js';

type Steps = Notice['steps'];

/**
 * The notice that Breakwater disabled an endpoint.
 * @param maxAgeMs how long a delivery waits for it, ms
 */
export function disabledNotice(endpoint: DisabledEndpoint, maxAgeMs: number): Notice {
  const { id, appId, appName, capability, subscription, url, reason, disabledAt } = endpoint;
  const what = subscription === null ? capability : `subscription ${subscription}`;
  const meanwhile =
    subscription === null
      ? 'Async calls are refused, sync calls get the answer of their fallback.'
      : 'It gets no event that is published from now on.';
  return {
    kind: 'endpoint_disabled',
    mood: 'problem',
    appId,
    capability,
    audience: 'owner_and_admins',
    title: `Disabled: ${what} of ${appName}`,
    summary: `Breakwater disabled ${what} of ${appName} because ${reason}. ${meanwhile} Deliveries that wait are sent when it is enabled; one that waited for ${durationText(maxAgeMs)} becomes a dead letter.`,
    facts: [
      { name: 'App', value: `${appName} (${appId})` },
      ...names(subscription, capability),
      { name: 'URL', value: shown(url) },
      { name: 'Disabled at', value: timeText(disabledAt) },
      { name: 'Reason', value: reason },
    ],
    steps: [
      { text: 'If it is no longer needed, remove it. Otherwise make its receiver answer with 2xx.' },
      { text: `Then enable it: ${enabling(endpoint)}`, only: 'owner' },
      { text: `Then enable it: ${enabling(endpoint)}`, path: appScreen(appId), only: 'admins' },
      ...LATER,
    ],
    data: { endpointId: id, subscription, reason, disabledAt: disabledAt.toISOString() },
    dedupeKey: `endpoint_disabled:${id}:${disabledAt.getTime()}`,
  };
}

/** The warning that a subscription whose calls all fail will be disabled. */
export function failingNotice(failing: FailingSubscription): Notice {
  const { endpointId, appId, appName, name, capability, url, since, calls, disabledFrom } = failing;
  const show = `breakwater subscriptions show ${appId} ${name}`;
  const list = `breakwater deliveries list --capability ${capability}`;
  return {
    kind: 'subscription_failing',
    mood: 'problem',
    appId,
    capability,
    audience: 'owner_and_admins',
    title: `All calls fail: subscription ${name} of ${appName}`,
    summary: `All ${calls} calls of subscription ${name} of ${appName} since ${timeText(since)} failed. If none succeeds, it is disabled at ${timeText(disabledFrom)}.`,
    facts: [
      { name: 'App', value: `${appName} (${appId})` },
      ...names(name, capability),
      { name: 'URL', value: shown(url) },
      { name: 'Failing since', value: timeText(since) },
      { name: 'Failed calls', value: String(calls) },
      { name: 'Disabled at', value: timeText(disabledFrom) },
    ],
    steps: [
      { text: `See what its receiver answered: ${list}, then breakwater deliveries show with an id.` },
      { text: 'Make its receiver answer with 2xx. The first success ends this.' },
      {
        text: `If the repair takes longer, pause it: its deliveries wait meanwhile. ${show} shows its state.`,
        only: 'owner',
      },
      {
        text: `If the repair takes longer, pause it: its deliveries wait meanwhile. ${show} shows its state:`,
        path: appScreen(appId),
        only: 'admins',
      },
      { text: 'The API’s documentation:', path: '/docs' },
    ],
    data: { endpointId, subscription: name, calls, since: since.toISOString() },
    // Once for each time that it began to fail.
    dedupeKey: `subscription_failing:${endpointId}:${since.getTime()}`,
  };
}

const LATER: Steps = [
  {
    text: 'Send again what became a dead letter meanwhile, with your app’s key: breakwater deliveries list --status dead_letter, then breakwater deliveries redeliver with the id of each.',
    only: 'owner',
  },
  { text: 'The API’s documentation:', path: '/docs' },
];

function names(subscription: string | null, capability: string): { name: string; value: string }[] {
  return subscription === null
    ? [{ name: 'Capability', value: capability }]
    : [{ name: 'Subscription', value: subscription }];
}

function enabling({ appId, capability, subscription }: DisabledEndpoint): string {
  return subscription === null
    ? `breakwater enable ${appId} ${capability}`
    : `breakwater subscriptions enable ${appId} ${subscription}`;
}

/** Without its query, which may contain a key. */
function shown(url: string): string {
  return url.split('?')[0]!;
}
