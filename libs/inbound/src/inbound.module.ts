import { Module } from '@nestjs/common';
import { ManifestModule } from '@breakwater/manifest';
import { ResolvedSourceStore } from './sources/resolved-source.store.js';
import { SourceDirectory } from './sources/source-directory.service.js';

@Module({
  imports: [ManifestModule],
  providers: [ResolvedSourceStore, SourceDirectory],
  exports: [SourceDirectory],
})
export class InboundModule {}
