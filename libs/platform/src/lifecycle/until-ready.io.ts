import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { SaidLately } from '../logging/said-lately.js';
import { WorkCheck } from '../readiness/work-check.service.js';

const LOOKS_EVERY_MS = 100;
/** A start takes a moment: only what is still not ready after this is logged, ms. */
const SAID_AFTER_MS = 2_000;
/** It is logged again after this, while it is still not ready, ms. */
const SAID_EVERY_MS = 30_000;

/** Finds a provider of the application. */
interface Parts {
  get<T>(type: new (...args: never[]) => T): T;
}

/**
 * Resolves when the process can do its work; until then it logs what it waits for.
 * @param who name in the log lines, for example "worker"
 * @param takesJobs whether the process needs jobs from the queue; if not, an unavailable queue only degrades it
 */
export async function untilReady(
  app: Parts,
  { who, takesJobs }: { who: string; takesJobs: boolean },
): Promise<void> {
  const log = new Logger('Start');
  const said = new SaidLately(SAID_EVERY_MS);
  const startedAtMs = performance.now();
  const check = app.get(WorkCheck);
  check.begin(takesJobs);
  for (;;) {
    const trouble = await check.trouble();
    if (trouble === null) return;
    const nowMs = performance.now();
    if (nowMs - startedAtMs >= SAID_AFTER_MS && said.isDue(trouble, nowMs))
      log.warn(`${who} is not ready yet, waiting: ${trouble}`);
    await delay(LOOKS_EVERY_MS);
  }
}
