import type { Check } from './check.js';
import { isAccepted, isSurvived } from './rules.js';

/** What may stand in a body, and what comes twice. */
export const BODY_CHECKS: readonly Check[] = [
  {
    id: 'raw-white-space',
    title: 'The signature is verified over the bytes as they came',
    sends: 'the same JSON with tabs, line ends and a space in front',
    expects: 'a status from 200 to 299',
    matters: 'JSON that is parsed and written again has other bytes than those that were signed.',
    remedy:
      'Verify the body before a parser reads it, for example with express.raw() in place of express.json().',
    needs: ['accepts-signed'],
    calls: ({ bodies }) => [{ body: bodies.spaced, secrets: 'own' }],
    judge: isAccepted,
  },
  {
    id: 'accepts-unknown-fields',
    title: 'A member that is not known is passed over',
    sends: 'the payload with one more member, breakwaterConformance',
    expects: 'a status from 200 to 299',
    matters:
      'Payloads get new members without notice; a receiver that refuses them stops working on that day.',
    remedy:
      'Ignore members that you do not know, for example by allowing additional properties in your schema.',
    needs: ['accepts-signed'],
    calls: ({ bodies }) => [{ body: bodies.extended, secrets: 'own' }],
    judge: isAccepted,
  },
  {
    id: 'raw-non-ascii',
    title: 'Characters beyond ASCII do not break the signature',
    sends: 'a payload with characters of two, three and four bytes in UTF-8',
    expects: 'a status from 200 to 299',
    matters: 'A body that is decoded in another encoding, or in pieces, has another signature.',
    remedy: 'Verify the bytes of the body, not a text that was made of them.',
    needs: ['accepts-unknown-fields'],
    calls: ({ bodies }) => [{ body: bodies.nonAscii, secrets: 'own' }],
    judge: isAccepted,
  },
  {
    id: 'survives-unknown-type',
    title: 'A type that is not known is answered',
    sends: 'the payload with the type breakwater.conformance.unknown',
    expects: 'an answer below 500',
    matters:
      'A pattern such as order.* also brings types that are added later; a 5xx is tried again for hours.',
    remedy: 'Answer 2xx to types that you do not handle, and do nothing.',
    needs: ['accepts-unknown-fields'],
    calls: ({ bodies }) => [{ body: bodies.unknownType, secrets: 'own' }],
    judge: isSurvived,
  },
  {
    id: 'survives-invalid-json',
    title: 'A body that is not JSON is answered',
    sends: 'a signed body that ends in the middle',
    expects: 'an answer below 500, best 400',
    matters: 'What fails by an exception answers 5xx, is tried again, and opens the circuit breaker.',
    remedy: 'Catch the error of the parser, and answer 400.',
    needs: ['accepts-signed'],
    calls: ({ bodies }) => [{ body: bodies.broken, secrets: 'own' }],
    judge: isSurvived,
  },
  {
    id: 'accepts-large-body',
    title: 'A body of 1 MiB is accepted',
    sends: 'a payload of 1,048,576 bytes',
    expects: 'a status from 200 to 299',
    matters: 'Payloads have up to 1 MiB; a 413 ends the delivery. Many frameworks accept 100 kB by default.',
    remedy: 'Raise the limit of the body parser, and of the proxy in front, to 1 MiB.',
    needs: ['accepts-unknown-fields'],
    calls: ({ bodies }) => [{ body: bodies.large, secrets: 'own' }],
    judge: isAccepted,
  },
  {
    id: 'accepts-duplicate',
    title: 'A delivery that comes again is accepted again',
    sends: 'the first call once more as second attempt, with the same webhook-id',
    expects: 'a status from 200 to 299',
    matters:
      'The same delivery comes again when an answer was lost; a refusal makes a dead letter of what was done long ago.',
    remedy: 'Remember webhook-id, do the work once, and answer 2xx to each repetition.',
    needs: ['accepts-signed'],
    calls: ({ bodies }) => [{ body: bodies.plain, secrets: 'own', repeatsFirst: true }],
    judge: isAccepted,
  },
];
