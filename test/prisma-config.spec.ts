import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const OWNER = 'postgresql://owner:x@127.0.0.1:1/owned';
const RUNTIME = 'postgresql://runtime:x@127.0.0.1:1/owned';

/**
 * The arguments that `prisma migrate deploy` passes to its engine, which cannot be downloaded everywhere: a script
 * records them.
 */
async function givenToTheEngine(env: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-engine-'));
  const [engine, given] = [join(folder, 'engine'), join(folder, 'given')];
  await writeFile(engine, `#!/bin/sh\necho "$@" >> '${given}'\nexit 1\n`);
  await chmod(engine, 0o755);
  spawnSync(process.execPath, ['node_modules/prisma/build/index.js', 'migrate', 'deploy'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      PRISMA_SCHEMA_ENGINE_BINARY: engine,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
      ...env,
    },
  });
  const text = await readFile(given, 'utf8');
  await rm(folder, { recursive: true });
  return text;
}

describe('prisma migrate deploy', () => {
  it.each([
    ['the owner’s database', { DATABASE_URL: RUNTIME, DATABASE_OWNER_URL: OWNER }, OWNER],
    ['the only configured database', { DATABASE_URL: RUNTIME }, RUNTIME],
  ])('goes to %s', async (_, env, url) => {
    expect(await givenToTheEngine(env)).toContain(url);
  });
});
