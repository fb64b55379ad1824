import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError, createClient, type Client } from '@breakwater/client';
import { root } from '@breakwater/testing/build.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

const APP = 'shop';

let platform: Platform;
let api: Role;
let client: Client;
let home: string;

beforeAll(async () => {
  platform = await Platform.start();
  [api, home] = await Promise.all([
    platform.api(),
    mkdtemp(join(tmpdir(), 'breakwater-client-')),
    platform.worker(),
  ]);
  client = createClient({ url: api.url, apiKey: platform.adminKey });
  platform.receiver.on('/quote', () => ({ body: '{"success":true,"data":{"price":42}}' }));
  platform.receiver.on('/report');
  platform.receiver.on('/orders');
  await client.apps.register(APP, {
    name: 'Shop',
    ownerEmail: 'owner@example.com',
    baseUrl: platform.receiver.url,
    webhooks: { quote: { url: '/quote' }, report: { url: '/report', async: true } },
    subscriptions: { ledger: { url: '/orders', events: ['order.*'] } },
  });
});
afterAll(async () => {
  await platform?.stop();
  await rm(home, { recursive: true, force: true });
});

describe('the client of a running api', () => {
  it('calls a sync capability, and stores an async one once', async () => {
    expect(await client.invoke<{ price: number }>(APP, 'quote', { item: 4 })).toMatchObject({
      source: 'primary',
      data: { price: 42 },
      reason: null,
    });
    const idempotencyKey = 'report-of-november';
    const first = await client.enqueue(APP, 'report', {}, { idempotencyKey });
    const second = await client.enqueue(APP, 'report', {}, { idempotencyKey });
    expect([first.isReplayed, second.isReplayed]).toEqual([false, true]);
    expect(second.deliveryId).toBe(first.deliveryId);
  });

  it('publishes events, and reads a list over its pages', async () => {
    const ids: string[] = [];
    for (const order of [1, 2, 3, 4, 5])
      ids.push((await client.events.publish({ type: 'order.paid', appId: APP, payload: { order } })).eventId);
    const found: string[] = [];
    for await (const { id } of client.events.list({ type: 'order.paid', limit: 2 })) found.push(id);
    expect(found).toEqual(ids.toReversed());
    expect(await client.events.list({ limit: 2 }).take(3)).toHaveLength(3);
  });

  it('throws what the api refuses', async () => {
    const error = await client.apps.get('nobody').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 404,
      code: 'APP_NOT_FOUND',
      requestId: expect.stringMatching(/./),
    });
  });

  it('ends with the signal of the caller, and the call with it', async () => {
    const stop = new AbortController();
    platform.receiver.on('/hangs', () => new Promise(() => stop.abort(new Error('enough'))));
    await client.apps.register('slow', {
      name: 'Slow',
      ownerEmail: 'owner@example.com',
      baseUrl: platform.receiver.url,
      webhooks: { hangs: { url: '/hangs' } },
    });
    await expect(client.invoke('slow', 'hangs', {}, { signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('the command line of a running api', () => {
  interface Ran {
    code: number;
    out: string;
    err: string;
  }

  function breakwater(...args: string[]): Promise<Ran> {
    const cli = join(root, 'dist/apps/cli/src/main.js');
    const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: home };
    return new Promise((resolve) => {
      execFile(process.execPath, [cli, ...args], { env }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  }

  it('keeps a key by login, and uses it', async () => {
    const file = join(home, 'key');
    await writeFile(file, platform.adminKey);
    expect(await breakwater('--url', api.url, 'login', '--key-file', file)).toMatchObject({
      code: 0,
      err: '',
    });
    expect((await breakwater('apps')).out).toContain(APP);
  });

  it('triggers an event, and says what became of it', async () => {
    const { code, out } = await breakwater('trigger', 'event', 'order.shipped', '{"order":1}', '--app', APP);
    expect(out).toMatch(/ledger +\S+ +completed +1/);
    expect(code).toBe(0);
  });

  it('triggers a call, and waits for its delivery', async () => {
    expect(await breakwater('trigger', 'call', APP, 'report')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/status: +completed/),
    });
  });

  it.each([
    ['not found', ['apps', 'show', 'nobody'], 3],
    ['unauthorised', ['--key', 'bw_wrong', 'apps'], 4],
    ['usage', ['apps', '--limit', '1000'], 2],
  ])('ends with its exit code: %s', async (_, args, code) =>
    expect((await breakwater(...args)).code).toBe(code),
  );

  it('ends with its exit code: refused by state', async () => {
    const [ended] = await client.deliveries.list({ status: 'completed', mode: 'async' }).take(1);
    const { code, err } = await breakwater('deliveries', 'cancel', ended!.id);
    expect([code, err]).toEqual([5, expect.stringMatching(/\([A-Z_]+\)/)]);
  });
});
