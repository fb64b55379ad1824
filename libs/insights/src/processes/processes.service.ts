import { Injectable } from '@nestjs/common';
import { HeartbeatStore, type ProcessView } from './heartbeat.store.js';

/** Which processes run. */
@Injectable()
export class Processes {
  constructor(private readonly store: HeartbeatStore) {}

  /** Those of the last 24 hours that did not stop by themselves, by role and host. */
  async list(): Promise<ProcessView[]> {
    return this.store.list();
  }

  /** Those that make calls: how many were seen lately, and when one was seen last. */
  async workers(): Promise<{ alive: number; lastHeartbeatAt: Date | null }> {
    return this.store.workers();
  }
}
