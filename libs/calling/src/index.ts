export * from './call-endpoint.service.js';
export { callLine, type CallFields } from './call-line.js';
export * from './calling.module.js';
export { describeOutcome, isStrained } from './describe-outcome.js';
