import { Injectable, Logger } from '@nestjs/common';
import { BulkActions } from './bulk-actions.service.js';
import { StepStore, type HeldOperation } from './step.store.js';

/** Hint channel that announces operations that are due. */
export const BULK_CHANNEL = 'bulk';

/** Maximum number of items of a step, and of events or rows that a step of a plan reads. */
export const STEP = 500;

/**
 * Plans and runs bulk operations, a step at a time. Any number of processes can do this, and each can crash at any time.
 * @see docs/adr/0031-bulk-operations-are-planned-as-rows.md
 */
@Injectable()
export class BulkRunner {
  private readonly log = new Logger(BulkRunner.name);

  constructor(
    private readonly steps: StepStore,
    private readonly actions: BulkActions,
  ) {}

  /** Runs until no operation is due. @returns the number of steps made */
  async run(stop: AbortSignal): Promise<number> {
    for (let count = 0; ; count++) {
      const operation = stop.aborted ? null : await this.steps.take();
      if (!operation) return count;
      await this.step(operation, false);
    }
  }

  /** Makes the first steps of an operation that was just created, without waiting for a worker. */
  async begin(id: string, steps: number): Promise<void> {
    let operation = await this.steps.takeNew(id);
    for (let left = steps; operation?.token && left > 0; left--)
      operation = await this.step(operation, left > 1);
  }

  /**
   * Makes the next step of an operation.
   * @param keep whether this process makes the next step, too
   * @returns the operation after it; null if nothing was done
   */
  async step(operation: HeldOperation, keep: boolean): Promise<HeldOperation | null> {
    try {
      return operation.status === 'planning'
        ? await this.plan(operation, keep)
        : await this.runStep(operation, keep);
    } catch (error) {
      const { message } = error as Error;
      this.log.warn(`a step of bulk operation ${operation.id} failed, it is tried again: ${message}`);
      // If this fails, too, its lease expires.
      await this.steps.giveBack(operation, true).catch(() => undefined);
      return null;
    }
  }

  private async plan(operation: HeldOperation, keep: boolean): Promise<HeldOperation | null> {
    const page = await this.actions.page(operation, STEP);
    return this.steps.plan(operation, page, keep);
  }

  private async runStep(operation: HeldOperation, keep: boolean): Promise<HeldOperation | null> {
    const limit = Math.min(STEP, operation.perSecond);
    const ran = await this.steps.run(operation, { limit, keep }, (transaction, items) =>
      this.actions.apply(transaction, operation, items),
    );
    if (!ran) return null;
    await this.actions.wake(ran.step);
    return ran.operation;
  }
}
