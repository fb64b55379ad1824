import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { SubscriptionVersion } from './directory.js';

/** The scope of events of the platform: the subscriptions of all apps. */
export const ALL_APPS = '';

export interface DirectoryChanges {
  version: number;
  changes: SubscriptionVersion[];
}

type Row = SubscriptionVersion & { version: number };

const COLUMNS = `
s.endpoint_id AS "endpointId", s.app_id AS "appId", s.name, s.from_version AS "fromVersion",
  s.until_version AS "untilVersion", s.events, s.filter, s.timeout_ms AS "timeoutMs", s.retry, s.state`;

// The version and the rows come from one snapshot. Indexes: subscription_versions_app_id_from_version_idx (one app) or
// subscription_versions_from_version_idx (all apps), and subscription_versions_until_version_idx for ended versions.
const changesSince = (scope: string): string => `
WITH now_at AS (
  SELECT COALESCE((SELECT version FROM directory_versions WHERE app_id = $1), 0) AS version
), changes AS (
  SELECT ${COLUMNS} FROM subscription_versions s
  WHERE ${scope} s.from_version > $2 AND (s.until_version IS NULL OR $2 > 0)
  UNION ALL
  SELECT ${COLUMNS} FROM subscription_versions s
  WHERE ${scope} s.until_version > $2 AND s.from_version <= $2 AND $2 > 0
)
SELECT n.version, c.* FROM now_at n LEFT JOIN changes c ON true`;

const OF_APP = changesSince('s.app_id = $1 AND');
const OF_ALL = changesSince('');

const at = (scope: string): string => `
SELECT ${COLUMNS} FROM subscription_versions s
WHERE ${scope} s.from_version <= $2 AND (s.until_version IS NULL OR s.until_version > $2) AND $1::text IS NOT NULL`;

/** Reads the subscription versions that triggers write. */
@Injectable()
export class DirectoryStore {
  constructor(private readonly database: Database) {}

  /**
   * Changes in a scope since a version.
   * @param scope an app, or ALL_APPS
   * @param version 0: return all current subscriptions
   */
  async changesSince(scope: string, version: number): Promise<DirectoryChanges> {
    const statement =
      scope === ALL_APPS
        ? { name: 'directory_all', text: OF_ALL }
        : { name: 'directory_of_app', text: OF_APP };
    const rows = await this.database.query<Row>(statement, [scope, version]);
    return {
      version: rows[0]!.version,
      changes: rows.filter(({ endpointId }) => endpointId !== null).map(({ version: _, ...row }) => row),
    };
  }

  /**
   * The subscriptions at a version.
   * @param as the app that reads, which sees its own only; null for the platform
   */
  async at(scope: string, version: number, as: string | null = null): Promise<SubscriptionVersion[]> {
    const text = at(scope === ALL_APPS ? '' : 's.app_id = $1 AND');
    return this.database.queryAs<SubscriptionVersion>(as, text, [scope, version]);
  }
}
