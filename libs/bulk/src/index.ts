export * from './bulk.error.js';
export { BulkModule } from './bulk.module.js';
export {
  BULK_KINDS,
  BULK_STATUSES,
  ITEM_RESULTS,
  PER_SECOND,
  PER_SECOND_MAX,
  type BulkKind,
  type BulkOperation,
  type BulkStatus,
  type ItemResult,
} from './operations/bulk-operation.js';
export {
  BulkOperations,
  ENDPOINTS_SHOWN,
  type BulkActor,
  type BulkRequest,
  type BulkStory,
} from './operations/bulk-operations.service.js';
export type { BulkEndpoint, BulkItem } from './operations/operation.store.js';
export { progressOf, type Progress } from './operations/progress.js';
export { BULK_CHANNEL, BulkRunner } from './run/bulk-runner.service.js';
