import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caught } from '@breakwater/testing/caught.js';
import { World } from '@breakwater/testing/world.js';
import { manifest, startProcess, type Process } from '../process.fixture.js';
import { AppHasPendingDeliveriesError, AppNotFoundError, AppUpdateInvalidError } from './app.error.js';

let world: World;
let main: Process;
beforeAll(async () => {
  world = await World.start();
  main = await startProcess(world);
});
afterAll(() => world.stop());

const rows = async (sql: string, ...values: unknown[]) => (await world.db.query(sql, values)).rows;
const register = (
  appId: string,
  webhooks: object = { quiz_answer: '/a', report: { url: '/r', async: true } },
) => main.registry.register(appId, manifest(webhooks), 'tester');

describe('apps', () => {
  it('are listed by id, page by page', async () => {
    for (const id of ['list-c', 'list-a', 'list-b']) await register(id);
    const first = await main.apps.list({ limit: 2 });
    expect(first).toMatchObject({ items: [{ id: 'list-a' }, { id: 'list-b' }], nextCursor: 'list-b' });
    expect(await main.apps.list({ cursor: 'list-b', limit: 2 })).toMatchObject({
      items: [{ id: 'list-c' }],
      nextCursor: null,
    });
    expect((await main.apps.list()).items).toHaveLength(3);
    expect(await main.apps.list({ cursor: '\u0000' })).toEqual({ items: [], nextCursor: null });
    expect((await main.apps.list({ limit: 0 })).items).toHaveLength(1);
  });

  it.each([
    ['get', () => main.apps.get('nobody')],
    ['NUL', () => main.apps.get('a\u0000')],
    ['rotate NUL', () => main.apps.rotateSigningSecret('a\u0000')],
    ['delete NUL', () => main.apps.delete('a\u0000')],
    ['update', () => main.apps.update('nobody', {})],
    ['versions', () => main.apps.versions('nobody')],
    ['version', () => main.apps.version('nobody', 1)],
    ['rotate', () => main.apps.rotateSigningSecret('nobody')],
    ['delete', () => main.apps.delete('nobody')],
  ])('that do not exist are not found: %s', async (_, act) =>
    expect(await caught(act())).toBeInstanceOf(AppNotFoundError),
  );
});

describe('versions of a manifest', () => {
  it('stay readable, newest first, page by page', async () => {
    for (const path of ['/1', '/2', '/3']) await register('versioned', { quiz_answer: path });
    const page = await main.apps.versions('versioned', { limit: 2 });
    expect(page).toMatchObject({
      items: [{ version: 3, createdBy: 'tester' }, { version: 2 }],
      nextCursor: '2',
    });
    expect(await main.apps.versions('versioned', { cursor: '2' })).toMatchObject({
      items: [{ version: 1 }],
      nextCursor: null,
    });
    expect(await main.apps.versions('versioned', { cursor: 'x' })).toEqual({ items: [], nextCursor: null });
    expect(await main.apps.version('versioned', 1)).toMatchObject({
      document: manifest({ quiz_answer: '/1' }),
    });
    expect(await caught(main.apps.version('versioned', 4))).toMatchObject({
      code: 'MANIFEST_VERSION_NOT_FOUND',
    });
    expect(await caught(main.apps.version('versioned', NaN))).toMatchObject({
      code: 'MANIFEST_VERSION_NOT_FOUND',
    });
  });
});

describe('a change of an app', () => {
  it('disables and enables it', async () => {
    await register('switched');
    expect(await main.apps.update('switched', { status: 'disabled', disabledReason: 'abuse' })).toMatchObject(
      { status: 'disabled', disabledReason: 'abuse' },
    );
    expect(await main.directory.find('switched', 'quiz_answer')).toMatchObject({ appStatus: 'disabled' });
    expect(await main.apps.update('switched', { status: 'active' })).toMatchObject({
      status: 'active',
      disabledReason: null,
    });
  });

  it('of timeouts overrides the manifest', async () => {
    await register('timed', { quiz_answer: { url: '/a', timeout: 4000 } });
    expect(await main.directory.find('timed', 'quiz_answer')).toMatchObject({ timeoutMs: 4000 });
    await main.apps.update('timed', { webhookTimeouts: { quiz_answer: 9000 } });
    expect(await main.directory.find('timed', 'quiz_answer')).toMatchObject({ timeoutMs: 9000 });
    await main.apps.update('timed', { webhookTimeouts: {} });
    expect(await main.directory.find('timed', 'quiz_answer')).toMatchObject({ timeoutMs: 4000 });
  });

  it('that is invalid changes nothing', async () => {
    await register('wrong');
    const error = await caught(
      main.apps.update('wrong', {
        status: 'disabled',
        disabledReason: 'x',
        webhookTimeouts: { quiz_answer: 1 },
      }),
    );
    expect(error).toBeInstanceOf(AppUpdateInvalidError);
    expect(error.problems).toEqual([expect.objectContaining({ pointer: '/webhookTimeouts/quiz_answer' })]);
    expect(await main.apps.get('wrong')).toMatchObject({ status: 'active', webhookTimeouts: {} });
  });
});

describe('rotating a signing secret', () => {
  it('takes the longest overlap, 30 days', async () => {
    await register('long-overlap');
    const overlapMs = 30 * 86_400_000;
    const { olderSecrets } = await main.apps.rotateSigningSecret('long-overlap', { overlapMs });
    expect(olderSecrets).toHaveLength(1);
  });

  it('keeps the old one beside the new one, newest first', async () => {
    const { signingSecret: first } = await register('rotated');
    const { signingSecret: second } = await main.apps.rotateSigningSecret('rotated');
    expect((await main.directory.find('rotated', 'quiz_answer'))!.secrets).toEqual([second, first]);
    const [{ hours }] = await rows(
      "SELECT extract(epoch FROM expires_at - now()) / 3600 AS hours FROM signing_secrets WHERE app_id = 'rotated' AND expires_at IS NOT NULL",
    );
    expect(Number(hours)).toBeCloseTo(24, 1);
  });

  it('without overlap leaves only the new one', async () => {
    await register('cut');
    const { signingSecret } = await main.apps.rotateSigningSecret('cut', { overlapMs: 0 });
    expect((await main.directory.find('cut', 'quiz_answer'))!.secrets).toEqual([signingSecret]);
  });

  it('keeps every promised overlap, reports its end, and ends all of them only with an overlap of 0', async () => {
    await register('often');
    const long = await main.apps.rotateSigningSecret('often', { overlapMs: 3_600_000 });
    const short = await main.apps.rotateSigningSecret('often', { overlapMs: 60_000 });
    const inMs = short.olderSecrets.map(({ validUntil }) => validUntil.getTime() - Date.now());
    expect(inMs[0]).toBeGreaterThan(3_000_000);
    expect(inMs[1]).toBeLessThanOrEqual(60_000);
    expect(inMs).toHaveLength(2);
    expect(long.olderSecrets[0]!.validUntil).toEqual(short.olderSecrets[0]!.validUntil);
    const last = await main.apps.rotateSigningSecret('often', { overlapMs: 0 });
    expect(last.olderSecrets).toEqual([]);
    expect(await rows("SELECT 1 FROM signing_secrets WHERE app_id = 'often'")).toHaveLength(1);
  });

  it('to a sixth valid secret is refused with the time at which the oldest expires', async () => {
    await register('full');
    for (let time = 0; time < 4; time++) await main.apps.rotateSigningSecret('full', { overlapMs: 600_000 });
    const before = (await main.directory.find('full', 'quiz_answer'))!.secrets;
    expect(before).toHaveLength(5);
    const [{ oldest }] = await rows(
      "SELECT min(expires_at) AS oldest FROM signing_secrets WHERE app_id = 'full'",
    );
    expect(await caught(main.apps.rotateSigningSecret('full'))).toMatchObject({
      code: 'SIGNING_SECRETS_FULL',
      message: expect.stringContaining((oldest as Date).toISOString()),
    });
    expect((await main.directory.find('full', 'quiz_answer'))!.secrets).toEqual(before);
    await rows(
      "UPDATE signing_secrets SET expires_at = now() WHERE app_id = 'full' AND expires_at = $1",
      oldest,
    );
    expect((await main.apps.rotateSigningSecret('full')).olderSecrets).toHaveLength(4);
  });

  it('to a secret of one’s own accepts what the signer accepts, and none that is in use already', async () => {
    await register('brought');
    const own = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const { signingSecret } = await main.apps.rotateSigningSecret('brought', { signingSecret: own });
    expect(signingSecret).toBe(own);
    expect((await main.directory.find('brought', 'quiz_answer'))!.secrets[0]).toBe(own);
    for (const wrong of [own, own.slice(6), own.slice(0, -1), `${own}A`, 'whsec_']) {
      const error = await caught(main.apps.rotateSigningSecret('brought', { signingSecret: wrong }));
      expect(error).toBeInstanceOf(AppUpdateInvalidError);
      expect(error.problems).toEqual([
        expect.objectContaining({ pointer: '/signingSecret', rule: 'signing_secret' }),
      ]);
    }
  });

  it.each([-1, 1.5, NaN, 31 * 86_400_000])('with an overlap of %d ms is refused', async (overlapMs) =>
    expect(await caught(main.apps.rotateSigningSecret('rotated', { overlapMs }))).toBeInstanceOf(
      AppUpdateInvalidError,
    ),
  );
});

describe('deleting an app', () => {
  const deliver = (appId: string, status: string) =>
    rows(
      `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
         status, next_attempt_at, finished_at, claim_token, claimed_until, claimed_at, enqueued_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid(), 'report', 'invocation', 'async', 'r', '', 'application/json', 1000,
         $2::varchar, CASE WHEN p THEN now() END, CASE WHEN NOT p THEN now() END,
         CASE WHEN p THEN gen_random_uuid() END, CASE WHEN p THEN now() END, CASE WHEN p THEN now() END, CASE WHEN p THEN now() END
       FROM (SELECT $2::varchar = 'pending' AS p) AS state`,
      appId,
      status,
    );

  it('is refused while deliveries are pending', async () => {
    await register('busy');
    await deliver('busy', 'pending');
    const error = await caught(main.apps.delete('busy'));
    expect(error).toBeInstanceOf(AppHasPendingDeliveriesError);
    expect(error).toMatchObject({ code: 'APP_HAS_PENDING_DELIVERIES', pending: 1 });
    expect(await main.apps.get('busy')).toBeTruthy();
  });

  it('by force cancels them and leaves the history', async () => {
    await register('forced');
    await deliver('forced', 'pending');
    await deliver('forced', 'completed');
    expect(await main.apps.delete('forced', { force: true })).toEqual({ cancelled: 1 });
    expect(
      await rows(
        "SELECT status, claim_token, enqueued_at FROM deliveries WHERE app_id = 'forced' ORDER BY 1",
      ),
    ).toEqual([
      { status: 'cancelled', claim_token: null, enqueued_at: null },
      { status: 'completed', claim_token: null, enqueued_at: null },
    ]);
  });

  it('removes everything that the next owner of its id must not find', async () => {
    await register('reused');
    await rows(
      "INSERT INTO api_keys (id, name, prefix, hash, scopes, app_id, created_by) VALUES (gen_random_uuid(), 'k', 'bw_', repeat('a', 64), '{app}', 'reused', 'x')",
    );
    await rows(
      "INSERT INTO last_answers (app_id, capability, data, answered_at) VALUES ('reused', 'a', '', now())",
    );
    await rows(
      "INSERT INTO app_health_days (app_id, day) VALUES ('reused', current_date), ('kept', current_date)",
    );
    expect(await main.directory.find('reused', 'quiz_answer')).toBeTruthy();
    expect(await main.apps.delete('reused')).toEqual({ cancelled: 0 });
    expect(await main.directory.find('reused', 'quiz_answer')).toBeNull();
    expect(await rows("SELECT 1 FROM api_keys WHERE app_id = 'reused' AND revoked_at IS NULL")).toEqual([]);
    expect(await rows("SELECT 1 FROM last_answers WHERE app_id = 'reused'")).toEqual([]);
    expect(await rows('SELECT app_id FROM app_health_days')).toEqual([{ app_id: 'kept' }]);
    expect(await register('reused')).toMatchObject({
      version: 1,
      created: true,
      signingSecret: expect.any(String),
    });
  });
});
