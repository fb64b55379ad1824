export type { CaptureAnswer } from './capture/acknowledgement.js';
export type { ArrivedRequest } from './capture/arrived-request.js';
export * from './capture/capture.error.js';
export type { Place } from './capture/captures-in-hand.js';
export { InboundRequests } from './capture/inbound-requests.service.js';
export { InboundModule } from './inbound.module.js';
export { SourceDirectory, SOURCES_CHANNEL } from './sources/source-directory.service.js';
export type { ResolvedSource, SourceAnswer } from './sources/source.js';
