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
  /** Backends whose calls are slowed down, and those that have answered a request for jobs: one for each shard. */
  private kept = 0;
  private readonly fetched = new Set<number>();

  /** Whether the backend lets this process's workers fetch jobs, judged by its last calls. */
  get fetches(): boolean {
    return this.kept > 0 && this.fetched.size === this.kept && this.trouble === null;
  }

  /** Why no jobs can be fetched, or null where no call failed. */
  get trouble(): Error | null {
    for (const [key, { error }] of this.failing) {
      if (FETCHING.some((name) => key.startsWith(name))) return error;
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
    const shard = this.kept++;
    for (const name of LOOP) {
      const call = calls[name]!.bind(backend);
      calls[name] = (...args) => this.paced({ name, shard }, () => call(...args));
    }
  }

  private async paced(
    { name, shard }: { name: string; shard: number },
    call: () => Promise<unknown>,
  ): Promise<unknown> {
    const key = `${name} ${shard}`;
    try {
      const result = await call();
      this.failing.delete(key);
      if (name === 'moveToActive') this.fetched.add(shard);
      return result;
    } catch (error) {
      const inRow = (this.failing.get(key)?.inRow ?? 0) + 1;
      this.failing.set(key, { inRow, error: error as Error });
      const rest = delay(restMs(inRow), undefined, { ref: false, signal: this.stopping.signal });
      await rest.catch(() => undefined);
      throw error;
    }
  }
}
