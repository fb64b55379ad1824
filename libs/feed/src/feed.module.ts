import { Module } from '@nestjs/common';
import { FeedHistory } from './feed-history.service.js';
import { FeedReader } from './feed-reader.service.js';
import { FeedStore } from './feed.store.js';

/** The live feed. An app with connections provides `FeedHub` and its `FeedAudience` itself. */
@Module({ providers: [FeedHistory, FeedReader, FeedStore], exports: [FeedHistory, FeedReader, FeedStore] })
export class FeedModule {}
