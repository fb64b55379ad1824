export type { CaptureAnswer } from './capture/acknowledgement.js';
export type { ArrivedRequest } from './capture/arrived-request.js';
export * from './capture/capture.error.js';
export type { Place } from './capture/captures-in-hand.js';
export { InboundRequests } from './capture/inbound-requests.service.js';
export {
  CAPTURE_RESULTS,
  type CaptureFilter,
  type CaptureResult,
  type CaptureRow,
} from './captures/capture-list.store.js';
export { Captures, type CaptureStory } from './captures/captures.service.js';
export { InboundModule } from './inbound.module.js';
export { PRESETS } from './presets/index.js';
export type { Preset } from './presets/preset.js';
export { SourceDirectory, SOURCES_CHANNEL } from './sources/source-directory.service.js';
export { SOURCE_NAME_PATTERN, TARGETS_MAX } from './sources/source-rules.js';
export type { SourceView } from './sources/source-view.js';
export {
  CaptureNotFoundError,
  SourceExistsError,
  SourceInvalidError,
  SourceNotFoundError,
  SourceRotationFullError,
  SourcesFullError,
  TargetNotFoundError,
} from './sources/source.error.js';
export type { ResolvedSource, SourceAnswer } from './sources/source.js';
export { Sources, type WithSecret } from './sources/sources.service.js';
export type { InboundRequest } from './verification/request.js';
export type { Scheme } from './verification/scheme.js';
export { takesSecret } from './verification/secret-problem.js';
export { verify } from './verification/verify.js';
