export { LEASE_MS, ListenerStore, type ListenerView } from './listener.store.js';
export { ListenerRelay } from './listener-relay.service.js';
export {
  ListenerSessions,
  type CallForListener,
  type ListenerConnection,
  type Renewed,
} from './listener-sessions.service.js';
export { ListenersModule } from './listeners.module.js';
