import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Platform } from './platform.js';
import type { Role } from './roles.js';

export interface TestSource {
  id: string;
  appId: string;
  name: string;
  /** The path of its address: `/in/` and the key. */
  path: string;
  key: string;
}

export interface SourceWish {
  appId: string;
  name: string;
  verification?: object;
  dedupe?: object | string | null;
  answer?: object | null;
  /** Targets: name and path of the receiver. */
  targets?: Record<string, string>;
}

/** A source with its targets. */
export async function makeSource(
  platform: Platform,
  api: Role,
  { appId, name, verification = { preset: 'none' }, dedupe = null, answer = null, targets = {} }: SourceWish,
): Promise<TestSource> {
  const id = randomUUID();
  const key = randomBytes(20).toString('hex');
  await platform.rows(
    `INSERT INTO sources (id, app_id, name, verification, answer, dedupe) VALUES ($1, $2, $3, $4, $5, $6)`,
    id,
    appId,
    name,
    JSON.stringify(verification),
    answer && JSON.stringify(answer),
    dedupe && JSON.stringify(dedupe),
  );
  await platform.rows(
    'INSERT INTO source_keys (hash, source_id, sealed) VALUES ($1, $2, $3)',
    createHash('sha256').update(key).digest('hex'),
    id,
    '',
  );
  for (const [target, path] of Object.entries(targets)) {
    const { status, text } = await platform.client(api).post(`/api/v1/apps/${appId}/subscriptions`, {
      name: `${name}-${target}`,
      url: platform.receiver.url + path,
      events: [`inbound.${name}`],
      retry: 'forward',
    });
    if (status !== 201) throw new Error(`no target: ${text}`);
    await platform.rows(
      `UPDATE subscriptions SET managed_by = 'source', source_id = $1 WHERE app_id = $2 AND name = $3`,
      id,
      appId,
      `${name}-${target}`,
    );
  }
  return { id, appId, name, key, path: `/in/${key}` };
}
