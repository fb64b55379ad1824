export { compileFilter, type FilterProblem } from './filter/compile-filter.js';
export { firstMismatch, matches, type CompiledFilter, type FilteredEvent } from './filter/filter.js';
export {
  compileTypes,
  EVENT_TYPE_MAX_LENGTH,
  EVENT_TYPE_PATTERN,
  isEventType,
  TYPE_PATTERNS_MAX,
  typePatternProblems,
} from './filter/event-types.js';
