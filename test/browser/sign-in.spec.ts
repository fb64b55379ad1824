import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Platform } from '../support/platform.js';
import type { HttpClient } from '../support/http.js';
import type { Role } from '../support/roles.js';
import { hasChromium, launchChromium, openPage, type Watched } from './chromium.js';

describe.skipIf(!hasChromium)('coming in', () => {
  let platform: Platform;
  let api: Role;
  let client: HttpClient;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let watched: Watched;

  beforeAll(async () => {
    platform = await Platform.start();
    [api, browser] = await Promise.all([platform.api(), launchChromium()]);
    client = platform.client(api);
    await platform.register(api, { quiz_answer: {} }, 'shop');
    await platform.register(api, { secret_thing: {} }, 'rival');
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    ({ page, watched } = await openPage(context, api.url));
  });
  afterEach(async () => {
    expect(watched).toEqual({ errors: [], foreign: [] });
    await context.close();
  });

  const at = (path: string): string => new URL(path, api.url).href;
  const heading = async (): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent();
  async function signIn(key: string): Promise<void> {
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  it('a wrong key is an error of the field, which keeps the focus; the right one leads to the page asked for', async () => {
    await page.goto(at('/breakers?state=open'));
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(`bw_${'x'.repeat(43)}`);
    const field = page.getByLabel('API key');
    await page.locator('[aria-invalid=true]').waitFor();
    expect(await field.and(page.locator(':focus')).count()).toBe(1);
    await signIn(platform.adminKey);
    await page.getByRole('heading', { level: 1, name: 'Breakers' }).waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/breakers?state=open');
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: 'breakwater_session', httpOnly: true });
    expect(cookie!.value).not.toContain(platform.adminKey.slice(3));
  });

  it('a link to another site is not followed after signing in', async () => {
    await page.goto(at('/sign-in?next=//evil.example/'));
    await signIn(platform.adminKey);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(new URL(page.url()).origin).toBe(new URL(api.url).origin);
  });

  it('a key that is revoked meanwhile leads back to signing in, and then to the same page', async () => {
    const { json } = await client.post('/api/v1/admin/api-keys', { name: 'short', scopes: ['admin'] });
    await page.goto(at('/apps'));
    await signIn(json.key as string);
    await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor();
    await client.request('DELETE', `/api/v1/admin/api-keys/${json.id as string}`);
    // The live feed may say it before the click does.
    const link = page.getByRole('link', { name: /^Breakers/ });
    await link.click({ timeout: 5_000 }).catch(() => undefined);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(['/apps', '/breakers']).toContain(new URL(page.url()).searchParams.get('next'));
  });

  it('signing out forgets the session', async () => {
    await page.goto(at('/'));
    await signIn(platform.adminKey);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await context.cookies()).toEqual([]);
  });

  it('a portal link opens one app, its token leaves the address, and the name of no other app is shown', async () => {
    const { json } = await client.post('/api/v1/admin/apps/shop/portal-links', { capabilities: ['view'] });
    const token = json.token as string;
    await page.goto(at(`/portal/shop#token=${token}`));
    await page.getByRole('heading', { level: 1, name: 'Quiz' }).waitFor();
    expect(page.url()).not.toContain(token);
    for (const place of ['Deliveries', 'Dead letters', 'Breakers', 'Subscriptions', 'Secrets']) {
      await page.getByRole('link', { name: new RegExp(`^${place}`) }).click();
      await page.getByRole('heading', { level: 1, name: place }).waitFor();
      expect(await page.content()).not.toMatch(/rival|secret_thing/);
    }
    expect(await page.getByRole('button', { name: 'Make a new secret' }).count()).toBe(0);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Secrets' }).waitFor();
    await page.goto(at('/portal/rival'));
    await page.getByRole('heading', { name: 'A portal link is needed' }).waitFor();
  });

  it('a revoked portal link says so', async () => {
    const { json } = await client.post('/api/v1/admin/apps/shop/portal-links', { capabilities: ['view'] });
    await client.request('DELETE', `/api/v1/admin/apps/shop/portal-links/${json.id as string}`);
    await page.goto(at(`/portal/shop#token=${json.token as string}`));
    await page.getByText('has expired or was revoked').waitFor();
    expect(await heading()).toBe('A portal link is needed');
  });
});
