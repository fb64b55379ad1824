import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AttemptDelivery } from '@breakwater/delivery';
import { TestCaller } from '@breakwater/doctor';
import {
  Config,
  WAKE_UP_WORKER,
  WAKE_UPS,
  WakeUpQueue,
  within,
  type Wake,
  type Work,
} from '@breakwater/platform';
import type { Job, Worker } from 'bullmq';
import { PeriodicRunner } from './periodic-runner.service.js';

/** While a slot's last result is stored, its next call is made. */
const WAKE_UPS_PER_SLOT = 2;
/** Time to store the results of aborted calls, ms. */
const LAST_WRITES_MS = 5_000;

/** Passes wake-ups to AttemptDelivery. */
@Processor(WAKE_UPS, WAKE_UP_WORKER)
export class DeliveriesProcessor extends WorkerHost<Worker<Wake>> implements OnApplicationBootstrap {
  private readonly log = new Logger('Worker');

  constructor(
    private readonly queue: WakeUpQueue,
    private readonly attempts: AttemptDelivery,
    private readonly periodic: PeriodicRunner,
    private readonly tests: TestCaller,
    private readonly config: Config,
  ) {
    super();
  }

  /** Wake-ups from the backend join those that this process gave itself. */
  async process({ data }: Job<Wake>): Promise<void> {
    if (data.testId === undefined) await this.queue.take(data);
    else await this.tests.call(data.testId);
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.queue.report(error);
  }

  @OnWorkerEvent('stalled')
  onStalled(jobId: string): void {
    this.log.warn(`wake-up ${jobId} stalled: its worker went away`);
  }

  onApplicationBootstrap(): void {
    const { concurrency } = this.config.queue;
    this.queue.consume(this.worker, (work) => this.handle(work), WAKE_UPS_PER_SLOT * concurrency);
  }

  /**
   * Starts no more periodic work, takes no more wake-ups, finishes the calls in progress, and aborts those that are
   * left after `limitMs`.
   */
  async drain(limitMs: number): Promise<void> {
    void this.periodic.stop();
    const stopped = this.queue.stopConsuming();
    if (await within(stopped, limitMs)) return;
    this.log.warn(`${this.queue.inHand} calls in progress are aborted: they will be made again`);
    this.attempts.abort();
    await within(stopped, LAST_WRITES_MS);
  }

  private async handle(work: Work): Promise<void> {
    try {
      await this.attempts.execute(work);
    } catch (error) {
      // The claim, if there is one, expires and the delivery is due again: nothing is lost.
      this.log.error({ msg: 'attempt failed unexpectedly', ...work, error: (error as Error).message });
    }
  }
}
