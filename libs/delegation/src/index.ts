export * from './delegation.module.js';
export * from './fallback/approval.error.js';
export type { ApprovalRow } from './fallback/approval.store.js';
export * from './fallback/approvals.service.js';
export * from './fallback/fallback-strategy.service.js';
export { contextProblems, ROOM_ID_MAX } from './invoke/context-problems.js';
export { Delegation, type InvokeRequest, type InvokeResult } from './invoke/delegation.service.js';
export * from './invoke/invoke.error.js';
export { ROOM_CHANNEL } from './notice/organizer-notice.service.js';
