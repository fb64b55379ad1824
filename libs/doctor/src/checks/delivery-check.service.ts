import { Injectable } from '@nestjs/common';
import { Checkup, failed, ok, skipped, type Finding } from '../check.js';
import { TestCalls } from '../test-call/test-calls.service.js';

/** A call through the queue, a worker and its HTTP client, signed and verified. */
@Injectable()
export class DeliveryCheck extends Checkup {
  readonly name = 'delivery';
  readonly needsDatabase = true;
  readonly remedy = 'Look into the log of the worker.';

  constructor(private readonly calls: TestCalls) {
    super();
  }

  async run(): Promise<Finding> {
    const call = this.calls.get();
    if ((await call.taken) === null)
      return skipped('No test call was made: no worker took the job.', 'Repair the workers first.');
    const ended = await call.ended;
    if (ended === null) return failed('A worker took the test call and did not end it.', this.remedy);
    const { worker, outcome, error, durationMs } = ended;
    if (outcome !== 'delivered')
      return failed(
        `The test call of the worker ${worker} ended with ${outcome}: ${error ?? 'no detail'}.`,
        `${this.remedy} It calls its own 127.0.0.1; HTTP_PROXY is not used.`,
      );
    return ok(
      `A signed test call went through the queue and the worker ${worker}; it took ${durationMs} ms.`,
    );
  }
}
