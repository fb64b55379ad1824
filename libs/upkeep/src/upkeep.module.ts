import { Module } from '@nestjs/common';
import { Retention } from './retention/retention.service.js';
import { RetentionStore } from './retention/retention.store.js';

/** Makes partitions ahead and removes what has had its time. */
@Module({ providers: [Retention, RetentionStore], exports: [Retention] })
export class UpkeepModule {}
