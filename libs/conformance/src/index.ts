export { CHECK_STATES, type CheckResult, type CheckState } from './checks/check.js';
export { CHECKS } from './checks/checks.js';
export {
  ConformancePayloadTooLargeError,
  ConformanceRunNotFoundError,
  ConformanceRunningError,
  ConformanceTargetInvalidError,
} from './conformance.error.js';
export { ConformanceModule } from './conformance.module.js';
export {
  RUN_STATES,
  type ConformanceRun,
  type ConformanceRunSummary,
  type RunState,
} from './run/conformance-run.js';
export { Conformance, type RunAsked } from './run/conformance.service.js';
