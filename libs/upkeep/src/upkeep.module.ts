import { Module } from '@nestjs/common';
import { Retention } from './retention/retention.service.js';
import { RetentionStore } from './retention/retention.store.js';

/** Creates partitions in advance and removes rows whose retention is over. */
@Module({ providers: [Retention, RetentionStore], exports: [Retention] })
export class UpkeepModule {}
