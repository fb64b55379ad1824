import type { Check } from './check.js';
import { isAccepted, isRefused } from './rules.js';

/** Far beyond the five minutes that Standard Webhooks allows, seconds. */
const FAR_S = 3_600;

/** An entry of a version that does not exist, of the length of an HMAC. */
const UNKNOWN_SIGNATURE = `v9,${Buffer.alloc(32, 9).toString('base64')}`;

const REFUSED = 'a status from 400 to 499, best 401; not 408, 410, 425 or 429';

/** Whose calls are accepted, and whose are not. */
export const SIGNATURE_CHECKS: readonly Check[] = [
  {
    id: 'refuses-wrong-signature',
    title: 'A call with a wrong signature is refused',
    sends: 'a call that is signed with a secret that the app does not have',
    expects: REFUSED,
    matters: 'Anyone who knows the URL could send events and calls in the name of the platform.',
    remedy: 'Compare webhook-signature with your own HMAC of each call, and answer 401 where none is equal.',
    needs: ['no-redirect'],
    calls: ({ bodies }) => [{ body: bodies.plain, secrets: 'other' }],
    judge: isRefused,
  },
  {
    id: 'refuses-missing-signature',
    title: 'A call without a signature is refused',
    sends: 'a call without webhook-signature and webhook-timestamp',
    expects: REFUSED,
    matters: 'An attacker leaves out what is only verified when it is there.',
    remedy: 'Answer 401 when webhook-id, webhook-timestamp or webhook-signature is missing.',
    needs: ['no-redirect'],
    calls: ({ bodies }) => [{ body: bodies.plain, secrets: 'own', signature: 'none' }],
    judge: isRefused,
  },
  {
    id: 'refuses-cut-signature',
    title: 'A call with a part of the signature is refused',
    sends: 'a call with the first half of its right signature',
    expects: REFUSED,
    matters:
      'A comparison of the given length only can be guessed byte by byte, and one that throws answers 500.',
    remedy:
      'Compare the lengths of both signatures first, and then all bytes with a function of constant time.',
    needs: ['no-redirect'],
    calls: ({ bodies }) => [{ body: bodies.plain, secrets: 'own', signature: 'cut' }],
    judge: isRefused,
  },
  {
    id: 'refuses-stale-timestamp',
    title: 'An old call is refused',
    sends: 'a call that was signed one hour ago',
    expects: REFUSED,
    matters: 'A call that somebody recorded could be sent again for ever.',
    remedy: 'Answer 401 when webhook-timestamp is more than five minutes in the past.',
    needs: ['no-redirect'],
    calls: ({ bodies }) => [{ body: bodies.plain, secrets: 'own', ageS: FAR_S }],
    judge: isRefused,
  },
  {
    id: 'refuses-future-timestamp',
    title: 'A call of the future is refused',
    sends: 'a call that is signed for a time in one hour',
    expects: REFUSED,
    matters: 'A call that is valid in the future can be kept and sent again until then.',
    remedy: 'Answer 401 when webhook-timestamp is more than five minutes in the future, too.',
    needs: ['no-redirect'],
    calls: ({ bodies }) => [{ body: bodies.plain, secrets: 'own', ageS: -FAR_S }],
    judge: isRefused,
  },
  {
    id: 'accepts-rotated-secret',
    title: 'A call with several signatures is accepted if one fits',
    sends: 'a call with a signature of a new secret, and behind it one of the secret that the app has',
    expects: 'a status from 200 to 299',
    matters: 'While a secret is rotated each call has both signatures, and the new one is the first.',
    remedy: 'Split webhook-signature at its spaces, and accept the call when any entry is right.',
    needs: ['accepts-signed'],
    calls: ({ bodies }) => [{ body: bodies.plain, secrets: 'rotated' }],
    judge: isAccepted,
  },
  {
    id: 'accepts-unknown-version',
    title: 'A signature of an unknown version is passed over',
    sends: 'a call with an entry v9 in front of its right signature',
    expects: 'a status from 200 to 299',
    matters: 'New versions of signatures are sent beside the old ones.',
    remedy: 'Pass over entries of webhook-signature whose version you do not know.',
    needs: ['accepts-signed'],
    calls: ({ bodies }) => [{ body: bodies.plain, secrets: 'own', otherSignatures: UNKNOWN_SIGNATURE }],
    judge: isAccepted,
  },
];
