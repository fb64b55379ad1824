/**
 * The one outbound HTTP client of Breakwater: total deadline, SSRF guard, Standard Webhooks signatures, limited
 * response capture, pools per origin, and the classification of outcomes.
 */
export { WebhookClient } from './webhook-client.js';
export type {
  ClientCertificate,
  PreparedRequest,
  ProbeRequest,
  ReceiverTest,
  VettedUrl,
  WebhookClientOptions,
  WebhookRequest,
} from './webhook-client.js';
export type { ForwardedRequest } from './forward/forwarded-request.js';
export { UndiciWebhookClient } from './undici-webhook-client.service.js';
export { WebhookClientModule } from './webhook-client.module.js';
export { OutboundSettingsError } from './outbound-settings.error.js';

export { RESPONSE_CAP_BYTES, RESPONSE_KEEP_BYTES } from './outcome/outcome.js';
export type { JsonDocument } from './outcome/json-body.js';
export type { CapturedResponse, Delivered, Outcome, Timed } from './outcome/outcome.js';
export { unwrap, WebhookResponseError, WebhookTimeoutError } from './outcome/webhook-outcome.error.js';
export { classify, countsAsFailure, ERROR_CLASSES } from './outcome/classify.js';
export type { ErrorClass, ErrorClassName } from './outcome/classify.js';
export { parseRetryAfter } from './outcome/retry-after.js';

export { EMPTY_ALLOW_LIST, parseAllowList } from './guard/allow-list.js';
export type { AllowList } from './guard/allow-list.js';
export { URL_MAX_LENGTH, vetUrl } from './guard/vet-url.js';
export type { OutboundPolicy, Vetted } from './guard/vet-url.js';
export type { UrlRule } from './guard/refusal.js';

export {
  decodePrivateKey,
  generateKeyPair,
  jsonWebKey,
  type JsonWebKey,
  type KeyPair,
} from './signing/key-pair.js';
export { maskedHeaders } from './signing/masked-headers.js';
export { sign, signBody } from './signing/sign.js';
export {
  HEADER_MAX_BYTES,
  headerProblems,
  HEADERS_MAX_COUNT,
  REFUSED_HEADERS,
} from './signing/header-problems.js';
export { outcomeOfAnswer, type ReceivedResponse } from './transport/outcome-of-answer.js';
export type { Timings } from './outcome/timings.js';
