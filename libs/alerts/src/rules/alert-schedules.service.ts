import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { SingleRun } from '@breakwater/platform';
import { AlertChecks } from './alert-checks.service.js';

/** How often a process asks whether rules are due, ms: a leader that died is replaced within that. */
const ASK_MS = 5000;

/** Asks often whether the rules are due; one of all workers evaluates them. */
@Injectable()
export class AlertSchedules implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger(AlertSchedules.name);
  private readonly stopping = new AbortController();
  private readonly evaluating = new SingleRun(async () => {
    try {
      await this.checks.runIfDue(this.stopping.signal);
    } catch (error) {
      this.log.warn(`alert rules not evaluated, tried again later: ${(error as Error).message}`);
    }
  });

  constructor(private readonly checks: AlertChecks) {}

  onApplicationBootstrap(): void {
    this.tick();
  }

  @Interval(ASK_MS)
  tick(): void {
    void this.evaluating.request();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.evaluating.stop();
  }
}
