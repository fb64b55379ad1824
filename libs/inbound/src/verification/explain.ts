import { presetsOf, signatureHeaders } from '../presets/header-owners.js';
import { bodyVariants } from './body-variants.js';
import { headerValues, type InboundRequest } from './request.js';
import type { Scheme } from './scheme.js';
import { secretVariants } from './secret-variants.js';
import { placeholdersOf } from './template.js';
import { urlVariants } from './url-variants.js';
import type { Refused, VerificationContext } from './verification.js';

/** Larger bodies are not tried in other spellings: a refusal must stay cheap. */
export const EXPLAINED_BODY_MAX_BYTES = 65_536;

/** A refused verification, and how to try another. */
export interface Refusal {
  scheme: Scheme;
  request: InboundRequest;
  secrets: readonly string[];
  context: VerificationContext;
  /** Whether a request would have been signed by one of the secrets. */
  fits: (
    scheme: Scheme,
    request: InboundRequest,
    secrets: readonly string[],
    context: VerificationContext,
  ) => boolean;
}

/** The refusal with a sentence about its probable cause, if one can be computed. */
export function explained(refusal: Refused, details: Refusal): Refused {
  const cause = causeOf(refusal, details);
  return cause === null ? refusal : { ...refusal, detail: `${refusal.detail} ${cause}` };
}

function causeOf({ step }: Refused, details: Refusal): string | null {
  switch (step) {
    case 'header_missing':
    case 'field_missing':
      return otherProvider(details);
    case 'signature_mismatch':
      return mismatch(details);
    case 'body_differs':
      return details.request.body.length > EXPLAINED_BODY_MAX_BYTES ? null : otherBody(details);
    default:
      return null;
  }
}

/** Which preset the request's signature header belongs to. */
function otherProvider({ scheme, request }: Refusal): string | null {
  const own = signatureHeaders(scheme);
  for (const [name] of request.headers) {
    const presets = own.includes(name.toLowerCase()) ? [] : presetsOf(name);
    if (presets.length > 0) {
      return `The request has the header ${name}, which belongs to the preset ${presets.join(' or ')}.`;
    }
  }
  return null;
}

function mismatch(details: Refusal): string | null {
  const { scheme, request, context } = details;
  if (scheme.kind === 'shared') return expired(details);
  if (request.body.length > EXPLAINED_BODY_MAX_BYTES) {
    return `Why is not examined for bodies over ${EXPLAINED_BODY_MAX_BYTES} bytes.`;
  }
  return (
    expired(details) ??
    otherUrl(details) ??
    otherBody(details) ??
    otherSecret(details) ??
    (signsUrl(scheme)
      ? `It was checked for a URL at ${originOf(context.configuredUrl)}: the secret, the URL or the body differs.`
      : 'The secret is another one, or the body was changed on the way.')
  );
}

function expired({ scheme, request, context, fits }: Refusal): string | null {
  const { expiredSecrets } = context;
  if (!expiredSecrets?.length || !fits(scheme, request, expiredSecrets, context)) return null;
  return 'It fits a secret that this source no longer accepts: set the new one at the provider.';
}

function otherUrl({ scheme, request, secrets, context, fits }: Refusal): string | null {
  if (!signsUrl(scheme)) return null;
  const seen = ['host', 'x-forwarded-host'].flatMap((name) => headerValues(request, name));
  for (const { url, cause } of urlVariants(request.url, seen)) {
    if (fits(scheme, { ...request, url }, secrets, context)) {
      return `It fits another URL: ${cause}. Configure the public URL that the provider calls.`;
    }
  }
  return null;
}

function otherBody({ scheme, request, secrets, context, fits }: Refusal): string | null {
  if (request.body.length === 0) return null;
  for (const { body, cause } of bodyVariants(request.body)) {
    if (fits(scheme, { ...request, body }, secrets, context)) {
      return `It fits another spelling of the body: ${cause}. Something between the provider and here changes bodies.`;
    }
  }
  return null;
}

function otherSecret({ scheme, request, secrets, context, fits }: Refusal): string | null {
  if (scheme.kind !== 'hmac') return null;
  for (const secret of secrets) {
    for (const variant of secretVariants(scheme, secret)) {
      if (fits(variant.scheme, request, [variant.secret], context)) {
        return `It fits another form of the secret: ${variant.cause}.`;
      }
    }
  }
  return null;
}

function signsUrl(scheme: Scheme): boolean {
  if (scheme.kind !== 'hmac' && scheme.kind !== 'public-key') return false;
  const templates = typeof scheme.over === 'string' ? [scheme.over] : Object.values(scheme.over.when);
  return templates.some((template) => placeholdersOf(template).some((name) => /^url:?$/.test(name)));
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'an unknown address';
}
