import type { INestApplicationContext } from '@nestjs/common';
import { ApiKeys } from '@breakwater/access';
import type { Config } from '@breakwater/platform';

/** Sees to it that there is an admin key: the configured one, or a new one. @returns the new one, to be shown once */
export async function prepareFirstKey(app: INestApplicationContext, config: Config): Promise<string | null> {
  const keys = app.get(ApiKeys);
  if (config.adminKey !== undefined) {
    await keys.importAdminKey(config.adminKey);
    return null;
  }
  return keys.ensureAdminKey();
}
