import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { SaidLately } from '../logging/said-lately.js';
import { WakeUpQueue } from '../queue/wake-up-queue.service.js';
import { Readiness } from '../readiness/readiness.service.js';

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
  for (;;) {
    const trouble = await inTheWay(app, takesJobs);
    if (trouble === null) return;
    const nowMs = performance.now();
    if (nowMs - startedAtMs >= SAID_AFTER_MS && said.isDue(trouble, nowMs))
      log.warn(`${who} is not ready yet, waiting: ${trouble}`);
    await delay(LOOKS_EVERY_MS);
  }
}

async function inTheWay(app: Parts, takesJobs: boolean): Promise<string | null> {
  const findings = await app.get(Readiness).check();
  // A wrong clock keeps a process from getting traffic, but not from working: decisions use the database's time.
  const down = findings.find(({ what, state }) => state === 'down' && what !== 'clock');
  if (down) return `${down.what}: ${down.detail}`;
  return takesJobs ? app.get(WakeUpQueue).workerTrouble() : null;
}
