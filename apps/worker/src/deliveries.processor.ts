import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { AttemptDelivery, Sweeper } from '@breakwater/delivery';
import { Config, WakeUpQueue } from '@breakwater/platform';

/** While a slot's last result is written down, its next call goes out. */
const WAKE_UPS_PER_SLOT = 2;
/** After the calls are cut off, their results still have to be written down, ms. */
const LAST_WRITES_MS = 5_000;

/** Hands wake-ups to AttemptDelivery and lets the sweeper run. */
@Injectable()
export class DeliveriesProcessor implements OnApplicationBootstrap {
  private readonly log = new Logger('Worker');

  constructor(
    private readonly queue: WakeUpQueue,
    private readonly attempts: AttemptDelivery,
    private readonly sweeper: Sweeper,
    private readonly schedule: SchedulerRegistry,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    const { concurrency } = this.config.queue;
    // Not awaited: a worker that starts while the queue is away waits for it.
    this.queue
      .consume((id) => this.handle(id), WAKE_UPS_PER_SLOT * concurrency)
      .catch((error: Error) => this.log.error(`no queue: ${error.message}`));
    this.schedule.addInterval(
      'sweep',
      setInterval(() => void this.sweep(), this.config.delivery.sweepIntervalMs),
    );
  }

  /** Takes no more wake-ups, finishes the calls in hand, and cuts off what is left after `limitMs` (row E11). */
  async drain(limitMs: number): Promise<void> {
    this.schedule.deleteInterval('sweep');
    const stopped = this.queue.stopConsuming().then(() => true);
    if (await Promise.race([stopped, delay(limitMs, false, { ref: false })])) return;
    this.log.warn('calls in hand are cut off: they will be made again');
    this.attempts.abort();
    await Promise.race([stopped, delay(LAST_WRITES_MS, false, { ref: false })]);
  }

  private async handle(deliveryId: string): Promise<void> {
    try {
      await this.attempts.execute(deliveryId);
    } catch (error) {
      // The claim, if there is one, runs out and the delivery is due again: nothing is lost.
      this.log.error({ msg: 'attempt broke off', deliveryId, error: (error as Error).message });
    }
  }

  private async sweep(): Promise<void> {
    try {
      await this.sweeper.sweep();
    } catch (error) {
      this.log.warn(`sweep failed, trying again: ${(error as Error).message}`);
    }
  }
}
