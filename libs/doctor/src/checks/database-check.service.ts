import { Injectable } from '@nestjs/common';
import { Config, StartRefusedError } from '@breakwater/platform';
import { Checkup, failed, ok, warning, type Finding } from '../check.js';
import { InstallationStore, type DatabaseState } from '../installation.store.js';

/** Below this share of free connections the check warns. */
const FREE_SHARE = 0.1;

/** Reachable, writable, with its roles and policies, and with connections left. */
@Injectable()
export class DatabaseCheck extends Checkup {
  readonly name = 'database';
  readonly needsDatabase = false;
  readonly remedy =
    'Check that PostgreSQL runs and that DATABASE_URL names its host, port, database and login.';

  constructor(
    private readonly store: InstallationStore,
    private readonly config: Config,
  ) {
    super();
  }

  async run(): Promise<Finding> {
    let state: DatabaseState;
    try {
      state = await this.store.state();
    } catch (error) {
      return failed(`PostgreSQL does not answer: ${(error as Error).message}.`, this.remedy);
    }
    if (state.isReadOnly)
      return failed(
        'PostgreSQL takes no writes: it is a standby, or set to read only.',
        'Let DATABASE_URL name the primary, or switch default_transaction_read_only off.',
      );
    try {
      await this.store.write();
    } catch (error) {
      return failed(
        `PostgreSQL commits nothing: ${(error as Error).message}.`,
        'Check the free space of its disk, and its synchronous standbys.',
      );
    }
    try {
      await this.store.checkRights();
    } catch (error) {
      if (!(error instanceof StartRefusedError)) throw error;
      return failed(
        `${error.message}.`,
        'Run `npm run migrate` with a login that may create roles, in DATABASE_OWNER_URL.',
      );
    }
    return this.judgeConnections(state);
  }

  private judgeConnections({ version, used, most }: DatabaseState): Finding {
    const sentence = `PostgreSQL ${version} reads and writes; ${used} of ${most} connections are in use.`;
    if (most - used >= most * FREE_SHARE) return ok(sentence);
    return warning(
      sentence,
      `Raise max_connections of PostgreSQL, or lower DATABASE_POOL_MAX (now ${this.config.database.poolMax} in each process).`,
    );
  }
}
