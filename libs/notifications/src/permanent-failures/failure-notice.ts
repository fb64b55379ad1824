import { timeText } from '../mail/time-text.js';
import type { Notice } from '../notices/notice.js';
import type { UntoldFailures } from './failure-notices.store.js';
import { listScreen } from '../notices/screens.js';

/** The notice of deliveries that failed for good: one for all of them. */
export function failureNotice({
  appId,
  appName,
  capability,
  subscription,
  total,
  from,
  to,
  letters,
}: UntoldFailures): Notice {
  const many = total === 1 ? 'One delivery' : `${total} deliveries`;
  const what = subscription === null ? capability : `subscription ${subscription}`;
  const more = total - letters.length;
  return {
    kind: 'dead_letters',
    mood: 'problem',
    appId,
    capability,
    audience: 'owner_and_admins',
    title: `${total === 1 ? 'A delivery' : `${total} deliveries`} to ${what} of ${appName} failed for good`,
    summary: `${many} failed for good and wait${total === 1 ? 's' : ''} as dead letter${total === 1 ? '' : 's'} for a person. Further ones are reported in an hour.`,
    facts: [
      { name: 'App', value: `${appName} (${appId})` },
      subscription === null
        ? { name: 'Capability', value: capability }
        : { name: 'Subscription', value: subscription },
      { name: 'First failed at', value: timeText(from) },
      ...(total === 1 ? [] : [{ name: 'Last failed at', value: timeText(to) }]),
      ...letters.map(({ deliveryId, error, attempts, reason }) => ({
        name: deliveryId,
        value: `${error ?? 'no error was recorded'} (${reason}, ${attempts} attempt${attempts === 1 ? '' : 's'})`,
      })),
      ...(more > 0 ? [{ name: 'And', value: `${more} more` }] : []),
    ],
    steps: [
      { text: 'Fix the app first; the errors above say what it answered.' },
      {
        text: `Look at them, with your app’s key: breakwater deliveries list --status dead_letter --capability ${capability}`,
        only: 'owner',
      },
      { text: 'Send one again: breakwater deliveries redeliver with its id.', only: 'owner' },
      { text: 'Look at them:', path: listScreen('dead-letters', { app: appId, capability }), only: 'admins' },
      {
        text: `Send them again, all at once: breakwater dlq retry-all --app ${appId} --capability ${capability}`,
        only: 'admins',
      },
      { text: 'The API’s documentation:', path: '/docs' },
    ],
    data: { total, from: from.toISOString(), to: to.toISOString(), letters },
    dedupeKey: `dead_letters:${appId}:${capability}:${from.getTime()}:${to.getTime()}`,
  };
}
