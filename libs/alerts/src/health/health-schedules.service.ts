import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { SingleRun } from '@breakwater/platform';
import { BreakerHealth } from './breaker-health.service.js';
import { HealthChecks } from './health-checks.service.js';

/** How often a process asks whether checks are due, ms: a leader that died is replaced within that. */
const ASK_MS = 5000;
/** How often a process looks for apps behind open breakers, ms: in memory, unless there are some. */
const LOOK_MS = 1000;

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

  private readonly asking = new SingleRun(async () => {
    try {
      await this.breakerHealth.run(this.stopping.signal);
    } catch (error) {
      this.log.warn(`apps behind open breakers not asked, tried again: ${(error as Error).message}`);
    }
  });

  constructor(
    private readonly checks: HealthChecks,
    private readonly breakerHealth: BreakerHealth,
  ) {}

  onApplicationBootstrap(): void {
    this.tick();
  }

  @Interval(ASK_MS)
  tick(): void {
    void this.checking.request();
  }

  @Interval(LOOK_MS)
  look(): void {
    void this.asking.request();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.checking.stop(), this.asking.stop()]);
  }
}
