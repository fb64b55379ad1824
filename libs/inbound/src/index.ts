export { InboundModule } from './inbound.module.js';
export { SourceDirectory, SOURCES_CHANNEL } from './sources/source-directory.service.js';
export type { ResolvedSource, SourceAnswer } from './sources/source.js';
