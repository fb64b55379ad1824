import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { hasChromium, launchStrictChromium, openPage } from './chromium.js';

/** A site of somebody else, with a page that shows an address in a frame. */
class Site {
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const shown = new URL(request.url!, 'http://localhost').searchParams.get('shows');
      const frame = shown === null ? '' : `<iframe title="portal" width="1200" height="850" src="${shown}">`;
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><h1>Shop</h1>${frame}`);
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** Another site than that of the api, which is called by its address. */
  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  showing(url: string): string {
    return `${this.origin}/?shows=${encodeURIComponent(url)}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe.skipIf(!hasChromium)('the portal of an app in a page of its owner', () => {
  let platform: Platform;
  let api: Role;
  let client: HttpClient;
  let profile: string;
  let context: BrowserContext;
  let page: Page;
  let messages: string[];
  let named: Site;
  let stranger: Site;
  let url: string;

  beforeAll(async () => {
    platform = await Platform.start();
    [api, named, stranger] = await Promise.all([
      platform.api(),
      new Site().listen(),
      new Site().listen(),
      platform.worker(),
    ]);
    client = platform.client(api);
    const retry = { maxAttempts: 1, initialDelayMs: 100, maxDelayMs: 100 };
    const report = { async: true, timeout: 2000, retry };
    await platform.register(api, { report }, 'shop');
    await platform.register(api, { secret_thing: report }, 'rival');
    const { status, text } = await client.request('PATCH', '/api/v1/admin/apps/shop', {
      body: { portalOrigins: [named.origin] },
    });
    if (status !== 200) throw new Error(text);
    for (const path of ['/report', '/secret_thing']) platform.receiver.on(path, { status: 503 });
    await client.invoke('shop', 'report', { order: 1 });
    await client.invoke('rival', 'secret_thing', { order: 2 });
    await eventually(async () => (await platform.counts())['dead_letter'] === 2, {
      what: 'two dead letters',
    });
    const link = await client.post('/api/v1/admin/apps/shop/portal-links', {
      capabilities: ['redeliver', 'manageSubscriptions', 'test'],
    });
    const { port } = new URL(api.url);
    url = `http://127.0.0.1:${port}/portal/shop#token=${link.json.token as string}`;
    profile = await mkdtemp(join(tmpdir(), 'breakwater-browser-'));
    await mkdir(join(profile, 'Default'));
    await writeFile(
      join(profile, 'Default/Preferences'),
      JSON.stringify({ profile: { block_third_party_cookies: true, cookie_controls_mode: 1 } }),
    );
    context = await launchStrictChromium(profile);
  });
  afterAll(async () => {
    await context?.close();
    await Promise.all([named?.close(), stranger?.close(), platform?.stop()]);
    if (profile) await rm(profile, { recursive: true, force: true });
  });
  beforeEach(async () => {
    const opened = await openPage(context, named.origin);
    page = opened.page;
    messages = opened.watched.errors;
    await page.setViewportSize({ width: 1280, height: 950 });
  });
  afterEach(() => page.close());

  it('shows its owner only that app, without cookies, and does what the link allows', async () => {
    await page.goto(named.showing(url));
    const frame = page.frameLocator('iframe');
    await frame.getByRole('heading', { level: 1, name: 'Quiz' }).waitFor();
    const cookie = await page
      .frames()[1]!
      .evaluate("document.cookie = 'third=party; SameSite=None'; document.cookie");
    expect(cookie).toBe('');
    for (const place of [
      'Home',
      'Deliveries',
      'Dead letters',
      'Breakers',
      'Subscriptions',
      'Conformance',
      'Secrets',
    ]) {
      await go(frame, place);
      expect(await frame.locator('body').innerHTML()).not.toMatch(/rival|secret_thing/);
      expect(await frame.locator('nav [aria-current=page]').allInnerTexts()).toEqual([
        expect.stringContaining(place),
      ]);
    }
    expect(await frame.getByRole('button', { name: 'Make a new secret' }).count()).toBe(0);

    await redeliver(frame);
    await subscribe(frame);
    await ping(frame);

    expect(await context.cookies()).toEqual([]);
    expect(messages).toEqual([]);
    expect(
      (await platform.rows("SELECT 1 FROM deliveries WHERE app_id = 'rival' AND status <> 'dead_letter'"))
        .length,
    ).toBe(0);
  });

  it('is refused by the browser in a page that the app does not name', async () => {
    await page.goto(stranger.showing(url));
    await expect.poll(() => messages.join()).toMatch(/frame-ancestors/);
    expect(await shown()).not.toContain('Quiz');
  });

  it.each(['/', '/deliveries', '/portal/rival', '/sign-in'])('%s is refused in every page', async (path) => {
    await page.goto(named.showing(new URL(path, url).href));
    await expect.poll(() => messages.join()).toMatch(/frame-ancestors|X-Frame-Options/i);
    expect(await shown()).not.toMatch(/Sign in|portal link/);
  });

  const shown = async (): Promise<string> => (await page.frames()[1]?.content()) ?? '';

  async function go(frame: FrameLocator, place: string): Promise<void> {
    await frame
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('link', { name: new RegExp(`^${place}`) })
      .click();
    await frame.getByRole('heading', { level: 1, name: place === 'Home' ? 'Quiz' : place }).waitFor();
  }

  async function redeliver(frame: FrameLocator): Promise<void> {
    platform.receiver.on('/report', { status: 200, body: '{}' });
    await go(frame, 'Dead letters');
    const list = frame.getByRole('region', { name: 'Dead letters, newest first' });
    await list.getByRole('row').nth(1).waitFor();
    expect(await list.getByRole('row').count()).toBe(2);
    expect(await frame.getByRole('button', { name: /^Resolve|^Discard/ }).count()).toBe(0);
    await list.getByRole('link', { name: 'report' }).click();
    await frame.getByRole('button', { name: 'Redeliver', exact: true }).click();
    await frame.getByRole('dialog').getByRole('button', { name: 'Redeliver', exact: true }).click();
    await frame.getByText('1 of 1 sent again').waitFor();
    await eventually(async () => (await platform.counts())['completed'] === 1, { what: 'a delivery made' });
    expect(platform.receiver.callsTo('/report')).toHaveLength(2);
    await frame.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  }

  async function subscribe(frame: FrameLocator): Promise<void> {
    await go(frame, 'Subscriptions');
    await frame.getByRole('button', { name: 'Make the first subscription' }).click();
    const form = frame.getByRole('dialog');
    await form.getByLabel('Name').fill('big_orders');
    await form.getByLabel('URL').fill('/hooks/orders');
    await form.getByLabel('Events').fill('order.*');
    await form.getByLabel('Events').press('Enter');
    await form.getByRole('textbox', { name: /^Filter/ }).fill('{"payload": {"total": {"$gte": ');
    await form.getByText(/This is not JSON yet/).waitFor();
    await form.getByRole('textbox', { name: /^Filter/ }).fill('{"payload": {"total": {"$gte": 100}}}');
    await form.getByLabel('A signing secret of its own, shown once').check();
    await form.getByRole('button', { name: 'Save' }).click();
    await frame.getByText(/^whsec_/).waitFor();
    await frame.getByRole('button', { name: 'I have copied it' }).click();
    await frame.getByRole('region', { name: 'Subscriptions, by name' }).getByText('big_orders').waitFor();
    const { json } = await client.get('/api/v1/apps/shop/subscriptions');
    expect(json.items).toMatchObject([
      { name: 'big_orders', events: ['order.*'], filter: { payload: { total: { $gte: 100 } } } },
    ]);
  }

  async function ping(frame: FrameLocator): Promise<void> {
    await frame.getByRole('button', { name: 'Acts on big_orders' }).click();
    await frame.getByRole('menuitem', { name: 'Send a test' }).click();
    await frame.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
    await frame.getByText(/answered 200/).waitFor();
    expect(platform.receiver.callsTo('/hooks/orders')).toHaveLength(1);
  }
});
