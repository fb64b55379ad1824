import { explained } from './explain.js';
import { RequestReader } from './request-reader.js';
import type { InboundRequest } from './request.js';
import { verifyJwt } from './jwt.js';
import type { Scheme } from './scheme.js';
import { verifyShared } from './shared.js';
import { verifyHmac, verifyWithPublicKey } from './signed.js';
import { STEPS, type Steps } from './steps.js';
import type { Verification, VerificationContext } from './verification.js';

/**
 * Checks whether a request was signed as the scheme says by the owner of one of the secrets. Never throws, for any
 * request; a refusal says which step failed and, where it can be computed, why.
 * @param secrets newest first; all are accepted, several during a rotation
 */
export function verify(
  scheme: Scheme,
  request: InboundRequest,
  secrets: readonly string[],
  context: VerificationContext,
): Verification {
  const verification = verifyWith(STEPS, scheme, request, { secrets, context });
  if (verification.kind !== 'refused') return verification;
  return explained(verification, { scheme, request, secrets, context, fits });
}

/** The same without an explanation, by the given steps. */
export function verifyWith(
  steps: Steps,
  scheme: Scheme,
  request: InboundRequest,
  { secrets, context }: { secrets: readonly string[]; context: VerificationContext },
): Verification {
  const reader = new RequestReader(request, steps);
  switch (scheme.kind) {
    case 'hmac':
      return verifyHmac(scheme, reader, secrets, context);
    case 'public-key':
      return verifyWithPublicKey(scheme, reader, secrets, context);
    case 'shared':
      return verifyShared(scheme, reader, secrets);
    case 'jwt':
      return verifyJwt(scheme, reader, secrets, context);
  }
}

/** Whether the signature matches, however old the request is. */
function fits(
  scheme: Scheme,
  request: InboundRequest,
  secrets: readonly string[],
  context: VerificationContext,
): boolean {
  const verification = verifyWith(STEPS, scheme, request, { secrets, context });
  return (
    verification.kind === 'verified' ||
    (verification.kind === 'refused' && /^timestamp_(?:old|future)$/.test(verification.step))
  );
}
