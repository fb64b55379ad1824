import type { Check } from './check.js';
import { isAccepted, isAnswered, isBodyFit, isNoRedirect, isTakenOrPostponed, saysWhen } from './rules.js';

/** The first checks: an ordinary call, and what comes back. The others make no sense without them. */
export const FIRST_CHECKS: readonly Check[] = [
  {
    id: 'answers',
    title: 'A call is answered within the deadline',
    sends: 'a call as any delivery, signed with the secret of the endpoint',
    expects: 'an HTTP answer, with any status, within the deadline in X-Timeout-Ms',
    matters: 'A later answer is ignored: the caller gets a fallback, or the delivery is made again.',
    remedy:
      'Make the URL of the endpoint reachable from Breakwater, and answer before the deadline by doing longer work after the answer.',
    needs: [],
    calls: ({ bodies }) => [{ body: bodies.plain, secrets: 'own' }],
    judge: isAnswered,
  },
  {
    id: 'no-redirect',
    title: 'The endpoint does not redirect',
    sends: 'nothing more: the answer to the first call is looked at',
    expects: 'no status from 300 to 399',
    matters: 'Redirects are not followed, so a delivery that is redirected has failed.',
    remedy: 'Register the URL to which the endpoint redirects, and check its scheme, host and last slash.',
    needs: ['answers'],
    judge: isNoRedirect,
  },
  {
    id: 'accepts-signed',
    title: 'A signed call is accepted',
    sends: 'nothing more: the answer to the first call is looked at',
    expects: 'a status from 200 to 299',
    matters: 'A receiver that refuses what is signed gets no delivery at all.',
    remedy:
      'Verify webhook-signature with the secret of this endpoint over the bytes of the body as they came; if the app refuses the sample, give a payload that it accepts.',
    needs: ['no-redirect'],
    judge: isAccepted,
  },
  {
    id: 'answer-body',
    title: 'The answer has a body that can be used',
    sends: 'nothing more: the answer to the first call is looked at',
    expects:
      'of a sync capability JSON with the content type application/json; of others at most 10 KiB of anything',
    matters:
      'The caller of a sync capability gets a fallback when the answer is not JSON; of other answers only the first 10 KiB are kept.',
    remedy:
      'Answer a sync capability with JSON and content-type: application/json, and anything else with a short text or nothing.',
    needs: ['accepts-signed'],
    judge: isBodyFit,
  },
];

/** The last checks: many calls at once, and the answers of the whole run. */
export const LAST_CHECKS: readonly Check[] = [
  {
    id: 'accepts-parallel',
    title: 'Calls at the same time are accepted',
    sends: 'up to five calls at once, as many as the endpoint may get',
    expects: 'each is answered from 200 to 299 within the deadline, or with 429 or 503 to come later',
    matters: 'Deliveries are made at the same time, up to the concurrency of the endpoint.',
    remedy:
      'Let the receiver handle calls at the same time, or lower concurrency in the manifest to what it can handle.',
    needs: ['accepts-signed'],
    calls: ({ bodies, atOnce }) =>
      atOnce < 2 ? [] : Array.from({ length: atOnce }, () => ({ body: bodies.plain, secrets: 'own' })),
    judge: isTakenOrPostponed,
  },
  {
    id: 'retry-after',
    title: '429 and 503 say when to come again',
    sends: 'nothing more: all answers of the run are looked at',
    expects: 'Retry-After with whole seconds or an HTTP date on each 429 and 503',
    matters:
      'Without a Retry-After that can be read, the next attempt comes when Breakwater thinks it is time.',
    remedy: 'Send Retry-After with a number of seconds, for example 30, with each 429 and 503.',
    needs: ['answers'],
    judge: saysWhen,
  },
];
