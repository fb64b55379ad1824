import { Injectable } from '@nestjs/common';
import { HintBus } from '@breakwater/platform';
import { Checkup, failed, ok, type Finding } from '../check.js';
import { TestCalls } from '../test-call/test-calls.service.js';

/** A worker takes a job. */
@Injectable()
export class WorkersCheck extends Checkup {
  readonly name = 'workers';
  readonly needsDatabase = true;
  readonly remedy =
    'Start a worker (`node dist/apps/worker/src/main.js`), with the same DATABASE_URL, REDIS_URL, QUEUE_NAME and QUEUE_PREFIX as this api, and look into its log.';

  constructor(
    private readonly calls: TestCalls,
    private readonly hints: HintBus,
  ) {
    super();
  }

  async run(): Promise<Finding> {
    const { away } = this.hints;
    if (away !== null)
      return failed(
        `It is not known whether a worker runs: hints between processes do not arrive (${away}).`,
        'Let DATABASE_URL name PostgreSQL itself, not a pooler that shares sessions.',
      );
    const startedAtMs = performance.now();
    const taken = await this.calls.get().taken;
    const tookMs = Math.round(performance.now() - startedAtMs);
    if (taken === null) return failed(`No worker took a job within ${tookMs} ms.`, this.remedy);
    return ok(`The worker ${taken.worker} took a job after ${tookMs} ms.`);
  }
}
