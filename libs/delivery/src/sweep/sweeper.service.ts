import { Injectable, Logger } from '@nestjs/common';
import { Telemetry, WakeUpQueue } from '@breakwater/platform';
import { SweepStore, type Interrupted, type Swept } from './sweep.store.js';

/** Repairs losses: claims of dead workers, lost wake-ups, backlogs that nothing promotes. */
@Injectable()
export class Sweeper {
  private readonly log = new Logger(Sweeper.name);
  private sweeping = false;

  constructor(
    private readonly store: SweepStore,
    private readonly queue: WakeUpQueue,
    private readonly telemetry: Telemetry,
  ) {}

  /** Called by a timer in every worker; one of them sweeps at a time. */
  async sweep(): Promise<Swept | null> {
    if (this.sweeping) return null;
    this.sweeping = true;
    try {
      const swept = await this.store.sweep();
      if (swept) {
        this.count(swept);
        await this.wake(swept);
      }
      return swept;
    } finally {
      this.sweeping = false;
    }
  }

  private count({ interrupted, buried, disabled, orphans }: Swept): void {
    this.telemetry.countUnseen(interrupted.length);
    this.telemetry.countEnd('async', 'dead_letter', buried + disabled + orphans);
  }

  private async wake({ interrupted, promoted, repeated, buried, disabled, orphans }: Swept): Promise<void> {
    // A promoted delivery has no key: its previous job may still belong to a worker that died.
    await this.queue.add([...promoted.map((deliveryId) => ({ deliveryId })), ...repeated]);
    for (const one of interrupted) this.log.warn(stalled(one));
    if (repeated.length > 0) this.log.warn(`${repeated.length} lost wake-ups repeated`);
    if (buried > 0) this.log.warn(`${buried} deliveries ended behind open circuit breakers`);
    if (disabled > 0) this.log.warn(`${disabled} deliveries ended whose endpoint stayed disabled`);
    if (orphans > 0) this.log.warn(`${orphans} deliveries ended whose app was deleted`);
  }
}

/** The fields of an attempt's line, as far as they are known. */
function stalled({ attempt, maxAttempts, acceptedAt, startedAt, now, ...fields }: Interrupted): object {
  return {
    msg: 'delivery stalled: its lease expired, it will be attempted again',
    ...fields,
    sinceAcceptedMs: now.getTime() - acceptedAt.getTime(),
    attempts: maxAttempts === null ? String(attempt) : `${attempt}/${maxAttempts}`,
    outcome: 'unknown',
    heldMs: now.getTime() - startedAt.getTime(),
    next: 'again',
  };
}
