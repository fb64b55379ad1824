import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { SingleRun } from '../single-run.js';
import { HealthChecks } from './health-checks.service.js';

/** How often a process asks whether checks are due, ms: a leader that died is replaced within that. */
const ASK_MS = 5000;

/** Asks often whether checks are due; one of all workers does them. */
@Injectable()
export class HealthSchedules implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger(HealthSchedules.name);
  private readonly stopping = new AbortController();
  private readonly checking = new SingleRun(async () => {
    try {
      await this.checks.runIfDue(this.stopping.signal);
    } catch (error) {
      this.log.warn(`health checks failed, tried again later: ${(error as Error).message}`);
    }
  });

  constructor(private readonly checks: HealthChecks) {}

  onApplicationBootstrap(): void {
    this.tick();
  }

  @Interval(ASK_MS)
  tick(): void {
    void this.checking.request();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.checking.stop();
  }
}
