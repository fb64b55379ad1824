import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  ClientAddresses,
  BreakwaterError,
  Config,
  Database,
  HintBus,
  newId,
  PrismaService,
  SecretBox,
  type Env,
} from '@breakwater/platform';
import { caught } from '@breakwater/testing/caught.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessModule } from './access.module.js';
import { ApiKeyGuard } from './guard/api-key-guard.service.js';
import { CurrentPrincipal, Public, RequireScope } from './guard/require-scope.service.js';
import { generateApiKey } from './keys/api-key.js';
import { ApiKeys } from './keys/api-keys.service.js';
import type { Principal } from './keys/key-row.js';
import type { Scope } from './keys/scopes.js';

@Controller()
class Routes {
  @Get('silent')
  silent() {
    return 'never';
  }

  @Public()
  @Get('open')
  open() {
    return 'open';
  }

  @RequireScope('admin')
  @Get('admin')
  admin(@CurrentPrincipal() who: Principal) {
    return who;
  }

  @RequireScope('app', 'read')
  @Get('apps/:appId')
  app(@CurrentPrincipal() who: Principal) {
    return who;
  }
}

@Public()
@Controller('mixed')
class MostlyPublicRoutes {
  @Get('open')
  open() {
    return 'open';
  }

  @RequireScope('admin')
  @Get('closed')
  closed() {
    return 'closed';
  }

  @Get('unguarded')
  unguarded(@CurrentPrincipal() who: Principal) {
    return who;
  }
}

@RequireScope('invoke')
@Controller('whole')
class WholeController {
  @Get('guarded')
  guarded() {
    return 'guarded';
  }

  @Public()
  @Get('open')
  open() {
    return 'open';
  }
}

@Module({})
class PlatformParts {}

/** One process over the world's database, with routes of its own. It ends with the world. */
async function startProcess(env: Env = {}) {
  const database = world.node({ poolMax: 10 });
  const config = world.config(env);
  const providers = [
    { provide: Config, useValue: config },
    { provide: Database, useValue: database },
    { provide: HintBus, useValue: new HintBus(database, config.hints) },
    PrismaService,
    ClientAddresses,
    SecretBox,
  ];
  const module = await Test.createTestingModule({
    imports: [{ module: PlatformParts, global: true, providers, exports: providers }, AccessModule],
    controllers: [Routes, MostlyPublicRoutes, WholeController],
    providers: [{ provide: APP_GUARD, useExisting: ApiKeyGuard }],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.useGlobalFilters({
    catch: (error: Error, host) =>
      void host
        .switchToHttp()
        .getResponse()
        .status(error instanceof BreakwaterError ? 400 : 500)
        .send({
          code: error instanceof BreakwaterError ? error.code : 'UNEXPECTED',
          message: error.message,
        }),
  });
  await app.init();
  world.endsWith(() => app.close());
  const get = async (path: string, key?: string) => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return (await app.inject({ method: 'GET', url: path, headers })).body;
  };
  return { keys: module.get(ApiKeys), get };
}
type Process = Awaited<ReturnType<typeof startProcess>>;

let world: World;
let main: Process;
let other: Process;

beforeAll(async () => {
  world = await World.start();
  main = await startProcess();
  other = await startProcess();
  await world.rows(
    "INSERT INTO apps (id, name, owner_email, base_url, manifest_version) SELECT id, id, 'o@example.com', 'https://a.example', 1 FROM unnest('{mine,theirs}'::text[]) AS t(id)",
  );
});

afterAll(() => world.stop());

const make = (scopes: Scope[], part: { appId?: string; expiresAt?: string } = {}) =>
  main.keys.create({ name: 'test', scopes, ...part }, 'tester');
const row = async (id: string) =>
  (await world.rows<Record<string, unknown>>('SELECT * FROM api_keys WHERE id = $1', id))[0]!;

describe('the first admin key', () => {
  it('is created once, however many processes start at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 6 }, (_, n) => (n % 2 ? main : other).keys.ensureAdminKey()),
    );
    const [raw, ...more] = made.filter((key) => key !== null);
    expect(more).toEqual([]);
    expect(await main.keys.authenticate(raw!)).toMatchObject({ scopes: ['admin'], appId: null });
    expect(await main.keys.ensureAdminKey()).toBeNull();
  });

  it('is in the audit log, as created by the system', async () => {
    const [key] = await world.rows<{ id: string }>(`SELECT id FROM api_keys WHERE created_by = 'system'`);
    expect(await world.rows('SELECT * FROM audit_log')).toEqual([
      expect.objectContaining({
        actor: 'system',
        actor_key_id: null,
        action: 'api_key.create',
        target: 'first admin key',
        outcome: 'done',
        detail: { id: key!.id, scopes: ['admin'] },
        finished_at: expect.any(Date),
      }),
    ]);
  });

  it('is created again when no admin key is valid', async () => {
    await world.rows("UPDATE api_keys SET revoked_at = now() WHERE 'admin' = ANY (scopes)");
    const raw = await main.keys.ensureAdminKey();
    expect(raw).toMatch(/^bw_/);
    await world.rows("UPDATE api_keys SET expires_at = now() WHERE 'admin' = ANY (scopes)");
    expect(await main.keys.ensureAdminKey()).not.toBeNull();
  });

  it('may be a configured one, added once', async () => {
    const raw = generateApiKey(() => Buffer.alloc(32, 1));
    expect(await main.keys.authenticate(raw)).toBeNull();
    expect(await main.keys.importAdminKey(raw)).toBe(true);
    expect(await main.keys.importAdminKey(raw)).toBe(false);
    expect(await main.keys.authenticate(raw)).toMatchObject({ scopes: ['admin'] });
    const lines = "SELECT 1 FROM audit_log WHERE actor = 'system' AND target = 'configured admin key'";
    expect(await world.rows(lines)).toHaveLength(1);
    expect(await caught(main.keys.importAdminKey('bw_short'))).toMatchObject({ code: 'API_KEY_INVALID' });
  });
});

describe('a key', () => {
  it('is shown once and stored hashed', async () => {
    const { key, ...view } = await make(['read'], { appId: 'mine' });
    expect(view).toMatchObject({
      name: 'test',
      scopes: ['read'],
      appId: 'mine',
      createdBy: 'tester',
      prefix: key.slice(0, 11),
    });
    const dump = JSON.stringify(await row(view.id)) + JSON.stringify(await main.keys.list());
    expect(dump).not.toContain(key.slice(11));
    expect(await main.keys.authenticate(key)).toEqual({
      kind: 'key',
      keyId: view.id,
      name: 'test',
      scopes: ['read'],
      appId: 'mine',
      capabilities: null,
      expiresAt: null,
    });
  });

  it.each([
    [{ name: '', scopes: ['root'] }, ['/name', '/scopes']],
    [{ name: 'x', scopes: ['app'], appId: 'nobody' }, ['/appId']],
  ])('is not created from %j', async (request, pointers) => {
    const error = await caught(main.keys.create(request as never, 'tester'));
    expect(error).toMatchObject({
      code: 'API_KEY_INVALID',
      problems: pointers.map((pointer) => ({ pointer })),
    });
  });

  it('is not valid after it has expired', async () => {
    const { key, id } = await make(['read'], { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await main.keys.authenticate(key)).not.toBeNull();
    await world.rows("UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE id = $1", id);
    expect(await other.keys.authenticate(key)).toBeNull();
  });

  it.each(['', 'nonsense', `bw_${'a'.repeat(43)}`, 'bw_\u0000'])('is not %j', async (raw) =>
    expect(await main.keys.authenticate(raw)).toBeNull(),
  );

  it('that is revoked is not valid here at once, and elsewhere after a hint', async () => {
    const { key, id } = await make(['read']);
    expect(await other.keys.authenticate(key)).not.toBeNull();
    await main.keys.revoke(id);
    expect(await main.keys.authenticate(key)).toBeNull();
    await eventually(async () => (await other.keys.authenticate(key)) === null, { limitMs: 1000 });
    const { revoked_at: at } = await row(id);
    await main.keys.revoke(id);
    expect((await row(id)).revoked_at).toEqual(at);
  });

  it('that is revoked is not valid after 5 s when the hint is lost', async () => {
    const { key, id } = await make(['read']);
    expect(await other.keys.authenticate(key)).not.toBeNull();
    await world.rows('UPDATE api_keys SET revoked_at = now() WHERE id = $1', id);
    await eventually(async () => (await other.keys.authenticate(key)) === null, { limitMs: 5500 });
  });

  it.each([newId(), 'nonsense'])('%s, which does not exist, cannot be revoked', async (id) =>
    expect(await caught(main.keys.revoke(id))).toMatchObject({ code: 'API_KEY_NOT_FOUND' }),
  );

  it('has its last use stored, once a minute', async () => {
    const { key, id } = await make(['read']);
    await main.keys.authenticate(key);
    const first = await eventually(async () => (await row(id)).last_used_at as Date | null);
    await other.keys.authenticate(key);
    await other.keys.onModuleDestroy();
    expect((await row(id)).last_used_at).toEqual(first);
  });

  it('is listed, newest first, page by page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.unshift((await make(['read'], { appId: 'theirs' })).id);
    const first = await main.keys.list({ appId: 'theirs', limit: 2 });
    expect(first).toMatchObject({ items: [{ id: ids[0] }, { id: ids[1] }], nextCursor: ids[1] });
    const second = await main.keys.list({ appId: 'theirs', limit: 2, cursor: ids[1]! });
    expect(second).toMatchObject({ items: [{ id: ids[2] }], nextCursor: null });
    expect(await main.keys.list({ cursor: 'nonsense' })).toEqual({ items: [], nextCursor: null });
  });
});

describe('a route', () => {
  const code = async (path: string, key?: string) => JSON.parse(await main.get(path, key)).code;

  it('without a declaration is closed to admins, too', async () => {
    expect(await code('/silent')).toBe('UNAUTHENTICATED');
    expect(await code('/silent', (await make(['admin'])).key)).toBe('FORBIDDEN');
  });

  it.each(['/open', '/mixed/open', '/whole/open'])('that is public is open: %s', async (path) =>
    expect(await main.get(path)).toBe('open'),
  );

  it.each(['/mixed/closed', '/whole/guarded', '/admin'])(
    'that requires a scope needs a key: %s',
    async (path) => {
      expect(await code(path)).toBe('UNAUTHENTICATED');
      expect(await code(path, `bw_${'a'.repeat(43)}`)).toBe('UNAUTHENTICATED');
      expect(await code(path, (await make(['read'])).key)).toBe('FORBIDDEN');
    },
  );

  it('has the scopes of its controller', async () =>
    expect(await main.get('/whole/guarded', (await make(['invoke'])).key)).toBe('guarded'));

  it('knows the caller', async () => {
    const { key, id } = await make(['app'], { appId: 'mine' });
    expect(JSON.parse(await main.get('/apps/mine', key))).toMatchObject({ keyId: id, appId: 'mine' });
  });

  it('answers for a foreign app as for one that does not exist', async () => {
    const { key } = await make(['app'], { appId: 'mine' });
    const foreign = await main.get('/apps/theirs', key);
    expect(JSON.parse(foreign)).toEqual({ code: 'APP_NOT_FOUND', message: 'there is no such app' });
    expect(await main.get('/apps/nobody', key)).toBe(foreign);
  });

  it('that is public has no principal', async () =>
    expect(await code('/mixed/unguarded')).toBe('UNEXPECTED'));
});

describe('a limit', () => {
  const code = (body: string) => (body.startsWith('{') ? (JSON.parse(body).code ?? 'passed') : body);
  let limited: Process;
  beforeAll(async () => {
    const env = { API_RATE_LIMIT_PER_MINUTE: '2', API_AUTH_FAILURES_PER_MINUTE: '3' };
    limited = await startProcess({ ...env, QUEUE_PREFIX: 'limited' });
  });

  it('applies to each key, and also counts what a key may not do', async () => {
    const { key } = await make(['read']);
    const seen: string[] = [];
    for (const path of ['/apps/mine', '/admin', '/apps/mine', '/admin']) {
      seen.push(code(await limited.get(path, key)));
    }
    expect(seen).toEqual(['passed', 'FORBIDDEN', 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(code(await limited.get('/apps/mine', (await make(['read'])).key))).toBe('passed');
  });

  it('does not apply to public routes', async () => {
    for (let n = 0; n < 9; n++) expect(await limited.get('/open')).toBe('open');
  });

  it('of wrong keys applies to each address, and does not affect a valid key', async () => {
    const wrong = `bw_${'b'.repeat(43)}`;
    const seen: string[] = [];
    for (const key of [wrong, undefined, 'nonsense', wrong])
      seen.push(code(await limited.get('/admin', key)));
    expect(seen).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'RATE_LIMITED']);
    expect(code(await limited.get('/apps/mine', (await make(['read'])).key))).toBe('passed');
  });
});
