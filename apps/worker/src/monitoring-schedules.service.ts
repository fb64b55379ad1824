import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { BREAKER_CHANNEL } from '@breakwater/circuit-breaker';
import { Resealer } from '@breakwater/manifest';
import { HintBus, SingleRun } from '@breakwater/platform';
import {
  ApprovalNotices,
  BreakerNotices,
  loadNoticeMail,
  NotificationOutbox,
} from '@breakwater/notifications';
import { RollUp } from '@breakwater/metrics';
import { Retention } from '@breakwater/upkeep';

const TICK_MS = 5000;
/** How often a process asks whether the daily work is due. */
const MAINTENANCE_MS = 60_000;
/** A process that started before a change of key may still seal with the old one. */
const RESEAL_MS = 3_600_000;

/** Says when: at a hint, and often enough without one. Every worker has it; the rows decide who does what. */
@Injectable()
export class MonitoringSchedules implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger(MonitoringSchedules.name);
  private readonly writing: SingleRun = new SingleRun(() =>
    this.guarded('writing notices', () => this.write()),
  );
  private readonly cleaning: SingleRun = new SingleRun(() =>
    this.guarded('maintenance', () => this.retention.runIfDue(() => !this.cleaning.isStopped)),
  );
  private readonly rollingUp: SingleRun = new SingleRun(() =>
    this.guarded('rolling up metrics', () => this.rollUp.runIfDue(() => !this.rollingUp.isStopped)),
  );
  private readonly resealing: SingleRun = new SingleRun(() =>
    this.guarded('sealing secrets anew', () => this.resealer.run(() => !this.resealing.isStopped)),
  );
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly mails: BreakerNotices,
    private readonly approvals: ApprovalNotices,
    private readonly outbox: NotificationOutbox,
    private readonly retention: Retention,
    private readonly rollUp: RollUp,
    private readonly resealer: Resealer,
    private readonly hints: HintBus,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await loadNoticeMail();
    this.unsubscribe = this.hints.subscribe(BREAKER_CHANNEL, () => void this.writing.request());
    this.tick();
    this.clean();
    this.reseal();
  }

  @Interval(TICK_MS)
  tick(): void {
    if (this.writing.isStopped) return;
    void this.writing.request();
    void this.rollingUp.request();
    this.send();
  }

  @Interval(MAINTENANCE_MS)
  clean(): void {
    void this.cleaning.request();
  }

  /** In every worker: rows that one works on are passed over by the others. */
  @Interval(RESEAL_MS)
  reseal(): void {
    void this.resealing.request();
  }

  async onModuleDestroy(): Promise<void> {
    this.unsubscribe?.();
    await Promise.all([
      ...[this.writing, this.cleaning, this.rollingUp, this.resealing].map((work) => work.stop()),
      this.outbox.stop(),
    ]);
  }

  private async write(): Promise<void> {
    const shouldGoOn = (): boolean => !this.writing.isStopped;
    const stored = (await this.mails.run(shouldGoOn)) + (await this.approvals.run(shouldGoOn));
    if (stored > 0) this.send();
  }

  /** Never waited for: a mail server that hangs holds up no other work. */
  private send(): void {
    void this.guarded('sending notices', () => this.outbox.run());
  }

  private async guarded(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn(`${what} failed, tried again later: ${(error as Error).message}`);
    }
  }
}
