import { Module } from '@nestjs/common';
import { DeliveryModule } from '@breakwater/delivery';
import { EventsModule } from '@breakwater/events';
import { ManifestModule } from '@breakwater/manifest';
import { CaptureLog } from './capture/capture-log.service.js';
import { CaptureRequest } from './capture/capture-request.service.js';
import { FetchedKeys } from './capture/fetched-keys.service.js';
import { Handshakes } from './capture/handshakes.service.js';
import { InboundRequests } from './capture/inbound-requests.service.js';
import { VerifyCapture } from './capture/verify-capture.service.js';
import { LearnedSecretStore } from './handshakes/learned-secret.store.js';
import { SubscriptionConfirmations } from './handshakes/subscription-confirmations.service.js';
import { CaptureListStore } from './captures/capture-list.store.js';
import { Captures } from './captures/captures.service.js';
import { ResolvedSourceStore } from './sources/resolved-source.store.js';
import { SourceDirectory } from './sources/source-directory.service.js';
import { SourceHoldStore } from './sources/source-hold.store.js';
import { SourceStore } from './sources/source.store.js';
import { Sources } from './sources/sources.service.js';

@Module({
  imports: [ManifestModule, DeliveryModule, EventsModule],
  providers: [
    ResolvedSourceStore,
    SourceDirectory,
    SourceStore,
    SourceHoldStore,
    Sources,
    InboundRequests,
    CaptureRequest,
    CaptureLog,
    VerifyCapture,
    FetchedKeys,
    Handshakes,
    LearnedSecretStore,
    SubscriptionConfirmations,
    CaptureListStore,
    Captures,
  ],
  exports: [SourceDirectory, Sources, InboundRequests, Captures],
})
export class InboundModule {}
