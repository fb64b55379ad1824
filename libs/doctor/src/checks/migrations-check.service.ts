import { Injectable } from '@nestjs/common';
import { migrationNames } from '@breakwater/platform';
import { Checkup, failed, ok, warning, type Finding } from '../check.js';
import { InstallationStore } from '../installation.store.js';

/** All migrations of this version are applied, and no other ones. */
@Injectable()
export class MigrationsCheck extends Checkup {
  readonly name = 'migrations';
  readonly needsDatabase = true;
  readonly remedy = 'Run `npm run migrate`.';

  constructor(private readonly store: InstallationStore) {
    super();
  }

  async run(): Promise<Finding> {
    const [wanted, stored] = await Promise.all([migrationNames(), this.store.migrations()]);
    const broken = stored.filter(({ isFinished }) => !isFinished).map(({ name }) => name);
    const done = new Set(stored.filter(({ isFinished }) => isFinished).map(({ name }) => name));
    const pending = wanted.filter((name) => !done.has(name));
    if (broken.length > 0)
      return failed(`A migration began and did not end: ${broken.join(', ')}.`, this.remedy);
    if (pending.length > 0) return failed(`Not applied: ${pending.join(', ')}.`, this.remedy);
    const unknown = [...done].filter((name) => !wanted.includes(name));
    if (unknown.length === 0) return ok(`All ${wanted.length} migrations are applied.`);
    return warning(
      `The database has migrations that this version does not know: ${unknown.join(', ')}.`,
      'Start the version that applied them, or revert them with it: `npm run migrate:down`.',
    );
  }
}
