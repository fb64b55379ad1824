import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { eventually } from '@breakwater/testing/eventually.js';
import { Platform } from '../support/platform.js';

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [key('old'), key('new')];
const APPS = 150;

describe('a change of encryption key, a worker killed in the middle of it', () => {
  let platform: Platform;
  const secrets = new Map<string, string>();

  beforeAll(async () => {
    platform = await Platform.start({ env: { ENCRYPTION_KEYS: OLD } });
    const api = await platform.api();
    const put = async (n: number): Promise<void> => {
      const manifest = {
        name: 'Quiz',
        ownerEmail: 'owner@example.com',
        baseUrl: platform.receiver.url,
        webhooks: { report: { url: '/report', async: true } },
      };
      const path = `/api/v1/admin/apps/app-${n}/manifest`;
      secrets.set(`app-${n}`, (await platform.client(api).put(path, manifest)).json.signingSecret as string);
    };
    for (let n = 0; n < APPS; n += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, more) => put(n + more)));
    }
    await api.kill9();
  });
  afterAll(async () => platform?.stop());

  const sealedWith = async (id: string): Promise<number> => {
    const sql = `SELECT count(*)::int AS count FROM signing_secrets WHERE sealed LIKE 'v1.' || $1 || '.%'`;
    return (await platform.rows<{ count: number }>(sql, id))[0]!.count;
  };
  const both = { ENCRYPTION_KEYS: `${NEW},${OLD}` };

  it('keeps what was done, and nothing half-done', async () => {
    await platform.rows(
      `CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$`,
    );
    await platform.rows(
      'CREATE TRIGGER slowly BEFORE UPDATE ON signing_secrets FOR EACH ROW EXECUTE FUNCTION slowly()',
    );
    const worker = await platform.worker(both);
    await eventually(async () => (await sealedWith('new')) > 0, { what: 'a first batch' });
    await worker.kill9();
    expect(await sealedWith('new')).toBe(100);
    expect(await sealedWith('old')).toBe(APPS - 100);
    await platform.rows('DROP TRIGGER slowly ON signing_secrets');
  });

  it('the next worker continues to the end, and the api reports that the old key may be removed', async () => {
    const [api] = await Promise.all([platform.api(both), platform.worker(both)]);
    await eventually(async () => (await sealedWith('new')) === APPS, { what: 'everything sealed again' });
    const { json } = await platform.client(api).get('/api/v1/admin/encryption-keys');
    expect(json.items).toMatchObject([
      { keyId: 'new', state: 'current', secrets: APPS },
      { keyId: 'old', state: 'old', secrets: 0, removable: true },
    ]);
    await Promise.all(platform.roles.filter(({ isRunning }) => isRunning).map((role) => role.kill9()));
  });

  it('without the old key every app is called as before, signed with its own secret', async () => {
    const [api] = await Promise.all([
      platform.api({ ENCRYPTION_KEYS: NEW }),
      platform.worker({ ENCRYPTION_KEYS: NEW }),
    ]);
    for (const appId of ['app-0', `app-${APPS - 1}`]) {
      const before = platform.receiver.calls.length;
      await platform.client(api).invoke(appId, 'report', { for: appId });
      await eventually(() => platform.receiver.calls.length > before, { what: `a call of ${appId}` });
      const { body, headers } = platform.receiver.calls.at(-1)!;
      const signed = headers as Record<string, string>;
      expect(new Webhook(secrets.get(appId)!).verify(body.toString(), signed)).toEqual({ for: appId });
    }
  });
});
