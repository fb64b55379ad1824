import { Processor } from '@nestjs/bullmq';
import type { OnApplicationBootstrap } from '@nestjs/common';
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
import type { Job } from 'bullmq';
import { PeriodicRunner } from './periodic-runner.service.js';
import { WakeUpProcessor } from './wake-up.processor.js';

/** While a slot's last result is stored, its next call is made. */
const WAKE_UPS_PER_SLOT = 2;
/** Time to store the results of aborted calls, ms. */
const LAST_WRITES_MS = 5_000;

/** Passes wake-ups to AttemptDelivery. */
@Processor(WAKE_UPS, WAKE_UP_WORKER)
export class DeliveriesProcessor extends WakeUpProcessor implements OnApplicationBootstrap {
  constructor(
    queue: WakeUpQueue,
    private readonly attempts: AttemptDelivery,
    private readonly periodic: PeriodicRunner,
    private readonly tests: TestCaller,
    private readonly config: Config,
  ) {
    super(queue);
  }

  /** Wake-ups from the backend join those that this process gave itself. */
  override async process(job: Job<Wake>): Promise<void> {
    const { data } = job;
    if (data.testId === undefined) await super.process(job);
    else await this.tests.call(data.testId);
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
