import { setTimeout as delay } from 'node:timers/promises';
import type { IQueueBackend } from 'bullmq';
import { restMs } from './rest.js';

/** Calls that a worker's loop repeats at once when they fail. */
const LOOP = ['moveToActive', 'waitForJob', 'moveToCompleted', 'moveToFailed'] as const;
/** Calls without which a worker gets no jobs. */
const FETCHING: readonly string[] = ['moveToActive', 'waitForJob'];

type Call = (...args: unknown[]) => Promise<unknown>;

/**
 * Slows down a worker's loop after failures. BullMQ repeats a failed call at once unless the connection was lost,
 * which keeps a processor busy: here a failed call ends after a rest that grows with each failure in a row.
 */
export class WorkerPace {
  private readonly failing = new Map<string, { inRow: number; error: Error }>();
  private readonly stopping = new AbortController();
  private hasFetched = false;

  /** Whether the backend lets this worker fetch jobs, judged by its last calls. */
  get fetches(): boolean {
    return this.hasFetched && this.trouble === null;
  }

  /** Why no jobs can be fetched, or null where no call failed. */
  get trouble(): Error | null {
    for (const name of FETCHING) {
      const found = this.failing.get(name);
      if (found) return found.error;
    }
    return null;
  }

  /** After this a failed call does not rest. */
  stop(): void {
    this.stopping.abort();
  }

  /** Replaces the looped calls of `backend`. */
  keep(backend: IQueueBackend): void {
    const calls = backend as unknown as Record<string, Call>;
    for (const name of LOOP) {
      const call = calls[name]!.bind(backend);
      calls[name] = (...args) => this.paced(name, () => call(...args));
    }
  }

  private async paced(name: string, call: () => Promise<unknown>): Promise<unknown> {
    try {
      const result = await call();
      this.failing.delete(name);
      if (name === 'moveToActive') this.hasFetched = true;
      return result;
    } catch (error) {
      const inRow = (this.failing.get(name)?.inRow ?? 0) + 1;
      this.failing.set(name, { inRow, error: error as Error });
      const rest = delay(restMs(inRow), undefined, { ref: false, signal: this.stopping.signal });
      await rest.catch(() => undefined);
      throw error;
    }
  }
}
