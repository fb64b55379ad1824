export { compileFilter, type FilterProblem } from './compile-filter.js';
export { firstMismatch, matches, type CompiledFilter, type FilteredEvent } from './filter.js';
export {
  compileTypes,
  EVENT_TYPE_MAX_LENGTH,
  EVENT_TYPE_PATTERN,
  isEventType,
  TYPE_PATTERN,
  TYPE_PATTERNS_MAX,
  typePatternProblems,
} from './event-types.js';
export { INBOUND_PREFIX, inboundType, isReservedType } from './reserved-types.js';
