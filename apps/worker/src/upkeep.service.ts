import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Resealer } from '@breakwater/manifest';

/** A process that started before a change of key may still seal with the old one, ms. */
const RESEAL_EVERY_MS = 3_600_000;

/** Seals old secrets anew, in every worker: rows that one works on are passed over by the others. */
@Injectable()
export class Upkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger(Upkeep.name);
  private running: Promise<unknown> | undefined;
  private stopped = false;

  constructor(private readonly resealer: Resealer) {}

  onApplicationBootstrap(): void {
    this.reseal();
  }

  @Interval(RESEAL_EVERY_MS)
  reseal(): void {
    if (this.stopped) return;
    this.running ??= this.resealer
      .run(() => !this.stopped)
      .catch((error: Error) => this.log.warn(`sealing anew failed, tried again later: ${error.message}`))
      .finally(() => (this.running = undefined));
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    await this.running;
  }
}
