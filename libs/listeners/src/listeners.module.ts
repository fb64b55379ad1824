import { Module } from '@nestjs/common';
import { ManifestModule } from '@breakwater/manifest';
import { ListenerCallStore } from './listener-call.store.js';
import { ListenerRelay } from './listener-relay.service.js';
import { ListenerStore } from './listener.store.js';
import { ThisProcess } from './this-process.service.js';

/** Where calls are made. Where sockets are held, `ListenerSessions` is provided as well. */
@Module({
  imports: [ManifestModule],
  providers: [ListenerCallStore, ListenerRelay, ListenerStore, ThisProcess],
  exports: [ListenerCallStore, ListenerRelay, ListenerStore, ThisProcess],
})
export class ListenersModule {}
