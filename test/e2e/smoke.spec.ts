import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { Platform } from '../support/platform.js';

let platform: Platform;
beforeAll(async () => (platform = await Platform.start()));
afterAll(async () => platform?.stop());

async function smoke(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, ['scripts/smoke.mjs', ...args], { cwd: root, stdio: 'pipe' });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out: out + err };
}

describe('npm run smoke', () => {
  it('passes on a deployment with an api and a worker, and leaves no app behind', async () => {
    const [api] = await Promise.all([platform.api(), platform.worker()]);
    const { code, out } = await smoke(api.url, platform.adminKey);
    expect(out.split('\n').filter((line) => !line.startsWith('ok '))).toEqual(['smoke test passed', '']);
    expect(code).toBe(0);
    const { json } = await platform.client(api).get('/api/v1/admin/apps');
    expect(json.items).toEqual([]);
  });

  it.each([
    [
      'where no server listens',
      async () => [`http://127.0.0.1:${await freePort()}`, 'bw_x'],
      'the process is alive',
    ],
    [
      'with a wrong key',
      async () => [platform.roles.find(({ name }) => name === 'api')!.url, `bw_${'x'.repeat(43)}`],
      'the key is an admin key',
    ],
  ])('fails %s, and says at which step', async (_, args, step) => {
    const { code, out } = await smoke(...(await args()));
    expect(code).toBe(1);
    expect(out).toContain(`FAILED  ${step}`);
    expect(out).toMatch(/smoke test failed\n$/);
  });

  it('explains its usage', async () => {
    expect(await smoke()).toEqual({ code: 2, out: expect.stringContaining('usage: npm run smoke') });
  });
});
