import { hostname } from 'node:os';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Config, newId, WakeUpQueue } from '@breakwater/platform';
import { BEAT_MS, HeartbeatStore } from './heartbeat.store.js';
import { PRODUCT_VERSION } from './version.io.js';

export type ProcessRole = 'api' | 'worker' | 'standalone';

/** Writes every few seconds that this process is alive. */
@Injectable()
export class Heartbeats implements BeforeApplicationShutdown {
  private readonly log = new Logger('Heartbeats');
  private readonly id = newId();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: HeartbeatStore,
    private readonly queue: WakeUpQueue,
    private readonly config: Config,
  ) {}

  /** Called once, when the process can do its work. */
  async begin(role: ProcessRole): Promise<void> {
    await this.beat(role);
    this.timer = setInterval(() => {
      this.writing = this.writing.then(() => this.beat(role));
    }, BEAT_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    await this.writing;
    await this.store.end(this.id).catch(() => undefined);
  }

  /** A missed one is no harm: the process counts as gone only after several. */
  private async beat(role: ProcessRole): Promise<void> {
    const calls = role !== 'api';
    try {
      await this.store.beat({
        id: this.id,
        role,
        host: hostname(),
        pid: process.pid,
        version: PRODUCT_VERSION,
        slots: calls ? this.config.queue.concurrency : null,
        slotsInUse: calls ? Math.min(this.queue.inHand, this.config.queue.concurrency) : null,
      });
    } catch (error) {
      this.log.debug(`heartbeat not written: ${(error as Error).message}`);
    }
  }
}
