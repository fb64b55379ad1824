import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Cron, Interval } from '@nestjs/schedule';
import { BREAKER_CHANNEL } from '@breakwater/circuit-breaker';
import { HintBus } from '@breakwater/platform';
import { BreakerMails } from './breaker-mails/breaker-mails.service.js';
import { loadBreakerMail } from './mail/load-breaker-mail.js';
import { NotificationOutbox } from './outbox/notification-outbox.service.js';
import { Retention } from './retention/retention.service.js';
import { SingleRun } from './single-run.js';

const TICK_MS = 5000;
/** Each hour, so that a process which is rarely up at one certain time still comes to it. */
const RETENTION_CRON = '0 17 * * * *';

/** Says when: at a hint, and often enough without one. Every worker has it; the rows decide who does what. */
@Injectable()
export class MonitoringSchedules implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger(MonitoringSchedules.name);
  private readonly writing: SingleRun = new SingleRun(() =>
    this.guarded('writing mails', () => this.write()),
  );
  private readonly cleaning: SingleRun = new SingleRun(() =>
    this.guarded('retention', () => this.retention.run(() => !this.cleaning.isStopped)),
  );
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly mails: BreakerMails,
    private readonly outbox: NotificationOutbox,
    private readonly retention: Retention,
    private readonly hints: HintBus,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await loadBreakerMail();
    this.unsubscribe = this.hints.subscribe(BREAKER_CHANNEL, () => void this.writing.request());
    this.tick();
  }

  @Interval(TICK_MS)
  tick(): void {
    if (this.writing.isStopped) return;
    void this.writing.request();
    this.send();
  }

  @Cron(RETENTION_CRON)
  clean(): void {
    void this.cleaning.request();
  }

  async onModuleDestroy(): Promise<void> {
    this.unsubscribe?.();
    await Promise.all([this.writing.stop(), this.cleaning.stop(), this.outbox.stop()]);
  }

  private async write(): Promise<void> {
    const stored = await this.mails.run(() => !this.writing.isStopped);
    if (stored > 0) this.send();
  }

  /** Never waited for: a mail server that hangs holds up no other work. */
  private send(): void {
    void this.guarded('sending mails', () => this.outbox.run());
  }

  private async guarded(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn(`${what} failed, tried again later: ${(error as Error).message}`);
    }
  }
}
