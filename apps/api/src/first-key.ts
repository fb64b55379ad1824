import type { INestApplicationContext } from '@nestjs/common';
import { ApiKeys } from '@breakwater/access';
import type { Config } from '@breakwater/platform';

export interface FirstKey {
  /** A new admin key, to be shown once; null where one existed, or one is configured. */
  made: string | null;
  /** What was done with BREAKWATER_ADMIN_KEY, for a person; null where it is not set. */
  note: string | null;
}

/** Makes sure that there is an admin key: the configured one, or a new one if there is none. */
export async function prepareFirstKey(app: INestApplicationContext, config: Config): Promise<FirstKey> {
  const keys = app.get(ApiKeys);
  if (config.adminKey === undefined) return { made: await keys.ensureAdminKey(), note: null };
  const isNew = await keys.importAdminKey(config.adminKey);
  if (isNew)
    return { made: null, note: 'BREAKWATER_ADMIN_KEY: added as an admin key, in addition to existing ones' };
  const isLive = (await keys.authenticate(config.adminKey)) !== null;
  const note = isLive
    ? 'BREAKWATER_ADMIN_KEY: is already an admin key, nothing to do'
    : 'BREAKWATER_ADMIN_KEY: was revoked or has expired and is not valid; set another one, or none';
  return { made: null, note };
}
