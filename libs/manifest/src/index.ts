export {
  ClientCertificates,
  type CertificateUpload,
  type CertificateView,
} from './certificates/client-certificates.service.js';
export {
  ClientCertificateInvalidError,
  ClientCertificateNotFoundError,
} from './certificates/client-certificate.error.js';
export { EndpointDirectory, MANIFEST_CHANNEL } from './directory/endpoint-directory.service.js';
export type { ResolvedEndpoint } from './directory/resolved-endpoint.js';
export { SIGNATURES } from './grammar/signatures.js';
export { APP_ID_PATTERN, isAppId } from './grammar/app-id.js';
export { canonicalDigest } from './grammar/canonical-digest.js';
export { CAPABILITY_PATTERN, isCapabilityName } from './grammar/capability-name.js';
export { endpointUrl } from './grammar/endpoint-url.js';
export { BUILT_IN_STRATEGIES, defaultFallback } from './grammar/fallback-strategies.js';
export type {
  CircuitBreakerSetting,
  FallbackSetting,
  Manifest,
  RetrySetting,
  Subscription,
  Webhook,
} from './grammar/manifest.js';
export { manifestJsonSchema, type JsonSchema } from './grammar/manifest-json-schema.js';
export { resolveTimeout, type TimeoutSettings, type TimeoutSources } from './grammar/resolve-timeout.js';
export { RETRY_PROFILES, type RetryProfileName } from './grammar/retry-profiles.js';
export { MANIFEST_MAX_BYTES } from './grammar/storable.js';
export { type StaticValues } from './grammar/static-values.js';
export { validateManifest, type CheckedManifest } from './grammar/validate-manifest.js';
export { DisabledEndpoints, type DisabledEndpoint } from './holds/disabled-endpoints.store.js';
export { HeldByPlatformError } from './holds/hold.error.js';
export type { CapabilityView, HoldActor } from './holds/hold.store.js';
export { Holds } from './holds/holds.service.js';
export { ManifestModule } from './manifest.module.js';
export { PlatformKeys, type PublishedKey } from './platform-keys/platform-keys.service.js';
export { signingSecretAad, sourceKeyAad, sourceSecretAad } from './registry/endpoint-row.js';
export { AppRegistry } from './registry/app-registry.service.js';
export type { AppUpdate } from './registry/app-update.js';
export {
  AppHasPendingDeliveriesError,
  AppNotFoundError,
  AppUpdateInvalidError,
  CapabilityNotFoundError,
  EndpointNotFoundError,
  SigningSecretsFullError,
} from './registry/app.error.js';
export type { AppView, ManifestVersionSummary, ManifestVersionView } from './registry/app.store.js';
export { PORTAL_ORIGIN } from './registry/portal-origins.js';
export { overlapProblem, SECRET_OVERLAP_MS } from './registry/secret-overlap.js';
export { KnownStrategies } from './registry/known-strategies.service.js';
export {
  ManifestInvalidError,
  ManifestVersionNotFoundError,
  SsrfBlockedError,
} from './registry/manifest.error.js';
export { UrlCheck } from './registry/url-check.service.js';
export { ManifestRegistry, type Registration } from './registry/manifest-registry.service.js';
export { checkStoredKeys, StoredKeys, type KeptKeys } from './reseal/stored-keys.service.js';
export { Resealer, type EncryptionKeyUse } from './reseal/reseal.service.js';
export {
  SubscriptionDeclaredError,
  SubscriptionExistsError,
  SubscriptionInvalidError,
  SubscriptionNotFoundError,
  SubscriptionOfSourceError,
  SubscriptionsFullError,
} from './subscriptions/subscription.error.js';
export type { SubscriptionView } from './subscriptions/subscription.store.js';
export { Subscriptions, type Selection } from './subscriptions/subscriptions.service.js';
export { SourceTargets, type PlacedTarget } from './targets/source-targets.service.js';
export { TARGET_NAME_PATTERN, targetOfName } from './targets/target-rules.js';
