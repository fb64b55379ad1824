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
  /** By default it accepts every request. */
  verification?: object;
  secret?: string;
  dedupeId?: object;
  answer?: object;
  /** Paths of the receiver, by the name of the target. */
  targets?: Record<string, string>;
}

/** Creates a source as an admin does. */
export async function makeSource(
  platform: Platform,
  api: Role,
  { appId, targets = {}, ...wish }: SourceWish,
): Promise<TestSource> {
  const { status, json, text } = await platform.client(api).post(`/api/v1/apps/${appId}/sources`, {
    verification: { preset: 'none' },
    ...wish,
    targets: Object.entries(targets).map(([name, path]) => ({ name, url: platform.receiver.url + path })),
  });
  if (status !== 201) throw new Error(`source refused: ${text}`);
  const { id, name, url } = json as { id: string; name: string; url: string };
  const { pathname } = new URL(url);
  return { id, appId, name, path: pathname, key: pathname.slice('/in/'.length) };
}
