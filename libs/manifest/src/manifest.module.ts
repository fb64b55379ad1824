import { Module } from '@nestjs/common';
import { ClientCertificates } from './certificates/client-certificates.service.js';
import { ClientCertificatesStore } from './certificates/client-certificates.store.js';
import { EndpointDirectory } from './directory/endpoint-directory.service.js';
import { EndpointStore } from './directory/endpoint.store.js';
import { DisabledEndpoints } from './holds/disabled-endpoints.store.js';
import { HoldStore } from './holds/hold.store.js';
import { Holds } from './holds/holds.service.js';
import { PlatformKeys } from './platform-keys/platform-keys.service.js';
import { PlatformKeysStore } from './platform-keys/platform-keys.store.js';
import { AppRegistry } from './registry/app-registry.service.js';
import { AppStore } from './registry/app.store.js';
import { SigningSecretsStore } from './registry/signing-secrets.store.js';
import { KnownStrategies } from './registry/known-strategies.service.js';
import { ManifestCheck } from './registry/manifest-check.service.js';
import { UrlCheck } from './registry/url-check.service.js';
import { ManifestRegistry } from './registry/manifest-registry.service.js';
import { ManifestStore } from './registry/manifest.store.js';
import { EventTypeNamesStore } from './subscriptions/event-type-names.store.js';
import { SubscriptionStore } from './subscriptions/subscription.store.js';
import { Subscriptions } from './subscriptions/subscriptions.service.js';
import { SourceTargetStore } from './targets/source-target.store.js';
import { SourceTargets } from './targets/source-targets.service.js';
import { StoredKeys } from './reseal/stored-keys.service.js';
import { Resealer } from './reseal/reseal.service.js';
import { ResealStore } from './reseal/reseal.store.js';

/** Needs Database, PrismaService, SecretBox, HintBus, Config and WebhookClient from global modules. */
@Module({
  providers: [
    EndpointStore,
    EndpointDirectory,
    KnownStrategies,
    UrlCheck,
    ManifestCheck,
    ManifestStore,
    ManifestRegistry,
    AppStore,
    SigningSecretsStore,
    AppRegistry,
    ClientCertificatesStore,
    ClientCertificates,
    PlatformKeysStore,
    PlatformKeys,
    ResealStore,
    Resealer,
    StoredKeys,
    DisabledEndpoints,
    HoldStore,
    Holds,
    EventTypeNamesStore,
    SubscriptionStore,
    Subscriptions,
    SourceTargetStore,
    SourceTargets,
  ],
  exports: [
    EndpointDirectory,
    KnownStrategies,
    ManifestRegistry,
    AppRegistry,
    PlatformKeys,
    ClientCertificates,
    Resealer,
    StoredKeys,
    DisabledEndpoints,
    Holds,
    Subscriptions,
    SourceTargets,
    UrlCheck,
  ],
})
export class ManifestModule {}
