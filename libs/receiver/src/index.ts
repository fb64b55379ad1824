export { ConfigurationError } from './configuration-error.js';
export { Problem, Refused, RetryLater } from './problem.js';
export type { Body } from './raw-body.js';
export {
  createReceiver,
  type Call,
  type Handler,
  type HandlerOptions,
  type Received,
  type Receiver,
  type ReceiverOptions,
  type Webhook,
} from './receiver.io.js';
export type { Reply } from './reply.js';
export { memoryStore, type MemoryStoreOptions } from './stores/memory.js';
export { postgresStore, type PostgresClient, type PostgresStore } from './stores/postgres.store.js';
export { redisStore, type RedisClient } from './stores/redis.store.js';
export type { Claim, Store } from './stores/store.js';
export type { PublicJwk } from './verify/keys.js';
export type { HeaderOf, RefusalCode } from './verify/signature.js';
export {
  createVerifier,
  type Verdict,
  type Verified,
  type Verify,
  type VerifyOptions,
} from './verify/verifier.io.js';
