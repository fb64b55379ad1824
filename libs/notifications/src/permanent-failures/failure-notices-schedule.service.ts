import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { SingleRun } from '@breakwater/platform';
import { FailureNotices } from './failure-notices.service.js';

const ASK_MS = 5_000;

@Injectable()
export class FailureNoticesSchedule implements OnModuleDestroy {
  private readonly log = new Logger(FailureNoticesSchedule.name);
  private readonly telling: SingleRun = new SingleRun(() =>
    this.failures
      .runIfDue(() => !this.telling.isStopped)
      .catch((error: Error) =>
        this.log.warn(`telling of failed deliveries failed, tried again later: ${error.message}`),
      ),
  );

  constructor(private readonly failures: FailureNotices) {}

  @Interval(ASK_MS)
  tick(): void {
    void this.telling.request();
  }

  async onModuleDestroy(): Promise<void> {
    await this.telling.stop();
  }
}
