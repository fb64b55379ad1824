import { Injectable } from '@nestjs/common';
import { Checkup, failed, ok, warning, type Finding } from '../check.js';
import { InstallationStore } from '../installation.store.js';

/** The partitions of now and of the next step exist. */
@Injectable()
export class PartitionsCheck extends Checkup {
  readonly name = 'partitions';
  readonly needsDatabase = true;
  readonly remedy = 'Run `breakwater maintenance`; a worker does that every day.';

  constructor(private readonly store: InstallationStore) {
    super();
  }

  async run(): Promise<Finding> {
    const [now, next] = await Promise.all([this.store.missingPartitions(0), this.store.missingPartitions(1)]);
    if (now.length > 0)
      return failed(
        `The partition of now is missing of ${now.join(', ')}: rows go to the default partition.`,
        this.remedy,
      );
    if (next.length > 0) return warning(`The next partition is missing of ${next.join(', ')}.`, this.remedy);
    return ok('The partitions of now and of the next step exist.');
  }
}
