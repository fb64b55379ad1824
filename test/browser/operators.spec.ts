import { deepEqual } from 'node:assert/strict';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Platform } from '../support/platform.js';
import type { HttpClient } from '../support/http.js';
import type { Role } from '../support/roles.js';
import { hasChromium, launchChromium, openPage, signedIn, type Watched } from './chromium.js';

describe.skipIf(!hasChromium)('what operators see and do', () => {
  let platform: Platform;
  let api: Role;
  let client: HttpClient;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let watched: Watched;

  beforeAll(async () => {
    platform = await Platform.start();
    [api, , browser] = await Promise.all([platform.api(), platform.worker(), launchChromium()]);
    client = platform.client(api);
    await platform.register(api, { price: {} }, 'shop');
    await platform.register(api, { note: {} }, 'diary');
    platform.receiver.on('/price', { status: 500 });
    for (let call = 0; call < 6; call += 1) await client.invoke('shop', 'price');
    await client.invoke('diary', 'note');
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });
  beforeEach(async () => {
    context = await signedIn(browser, api.url, platform.adminKey);
    ({ page, watched } = await openPage(context, api.url));
  });
  afterEach(async () => {
    await context.close();
    deepEqual(watched, { errors: [], foreign: [] });
  });

  const open = async (path: string): Promise<void> => {
    await page.goto(new URL(path, api.url).href);
  };
  const title = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });

  it('the overview says who suffers, and leads to the app, its breaker and the reason', async () => {
    await open('/');
    await page
      .getByRole('region', { name: 'Verdict' })
      .getByText('1 of 2 apps is degraded.')
      .first()
      .waitFor();
    await page.getByRole('region', { name: 'Apps, worst first' }).getByRole('link', { name: 'shop' }).click();
    await title('shop').waitFor();
    await page.getByRole('tab', { name: 'Breakers' }).click();
    await page
      .getByRole('region', { name: 'Breakers by capability' })
      .getByText('open', { exact: true })
      .waitFor();
    expect(new URL(page.url()).search).toContain('tab=breakers');
  });

  it('the charts of an app have their range in the URL, and the same numbers as a table', async () => {
    await open('/apps/shop?range=1h');
    const ends = page.getByRole('figure', { name: 'How deliveries of shop ended' });
    await ends.getByText(/6 answered by a fallback|6 failed/).waitFor();
    await ends.getByRole('button', { name: 'Show table' }).click();
    await page.getByRole('region', { name: 'How deliveries of shop ended, as a table' }).waitFor();
    await page.getByText('7d', { exact: true }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('range')).toBe('7d');
    await page.getByRole('region', { name: 'Changes, newest first' }).getByText('open: price').waitFor();
    await page.goBack();
  });

  it('apps are sorted and searched in the URL', async () => {
    await open('/apps');
    const table = page.getByRole('region', { name: 'Apps, worst first' });
    await table.waitFor();
    expect(await table.getByRole('link', { name: /^(shop|diary)$/ }).allTextContents()).toEqual([
      'shop',
      'diary',
    ]);
    await table.getByRole('button', { name: 'App' }).click();
    const sorted = page.getByRole('region', { name: 'Apps, by name' });
    await sorted.waitFor();
    await page.getByRole('textbox', { name: 'Search' }).fill('diary');
    await page.keyboard.press('Enter');
    await expect.poll(() => sorted.getByRole('link').allTextContents()).toEqual(['diary']);
    expect(new URL(page.url()).search).toBe('?sort=name&search=diary');
  });

  it('an API key is shown once, works, and is refused when it was revoked', async () => {
    await open('/system?tab=keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByLabel('Name').fill('of a person');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const key = await page.getByRole('region', { name: 'API key', exact: true }).textContent();
    await page.getByRole('button', { name: 'I have copied it' }).click();
    const asKey = platform.client(api, key!.trim());
    expect((await asKey.get('/api/v1/admin/overview')).status).toBe(200);
    expect(await page.content()).not.toContain(key!.trim());
    await page.getByRole('button', { name: /^Revoke of a person/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The key of a person is revoked.').waitFor();
    await expect
      .poll(async () => (await asKey.get('/api/v1/admin/overview')).status, { timeout: 10_000 })
      .toBe(401);
  });

  it('a portal link is shown once, allows what was chosen, and is revoked', async () => {
    await open('/apps/diary?tab=portal');
    await page.getByRole('button', { name: 'Create a portal link' }).click();
    await page.getByLabel('For').fill('Ada');
    await page.getByLabel('redeliver').check();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const link = (await page.getByRole('region', { name: 'portal link', exact: true }).textContent())!.trim();
    expect(new URL(link).pathname).toBe('/portal/diary');
    await page.getByRole('button', { name: 'I have copied it' }).click();
    const { json } = await client.get('/api/v1/admin/apps/diary/portal-links');
    expect(json.items).toMatchObject([{ note: 'Ada', capabilities: ['view', 'redeliver'], state: 'active' }]);
    await page.getByRole('button', { name: 'Revoke the link for Ada' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The portal link is revoked.').waitFor();
    const after = await client.get('/api/v1/admin/apps/diary/portal-links');
    expect(after.json.items).toMatchObject([{ state: 'revoked' }]);
  });

  it('a health check that is asked for is made, and its day is in the strip', async () => {
    await open('/health');
    await page.getByRole('button', { name: 'Run now: check of diary' }).click();
    await page.getByText(/^diary is healthy/).waitFor({ timeout: 30_000 });
    const { json } = await client.get('/api/v1/admin/health/apps/diary');
    expect(json).toMatchObject({ status: 'healthy' });
    await page
      .getByRole('img', { name: /^90 days: 100 % of \d+ checks?, none failed/ })
      .first()
      .waitFor();
  });

  it('an app is paused with a reason and resumed', async () => {
    await open('/apps/diary');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByLabel('Reason').fill('moves to another host');
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused: moves to another host').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect((await client.get('/api/v1/admin/apps/diary')).json).toMatchObject({
      pausedReason: 'moves to another host',
    });
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await page.getByText('diary is called again.').waitFor();
    expect((await client.get('/api/v1/admin/apps/diary')).json).toMatchObject({ pausedAt: null });
  });

  it('the doctor shows each check, what failed first', async () => {
    await open('/system?tab=doctor');
    await page.getByRole('button', { name: 'Run the checks' }).click();
    const checks = page.getByRole('region', { name: 'Checks, the most urgent first' });
    await checks.waitFor({ timeout: 30_000 });
    for (const name of ['database', 'migrations', 'workers', 'delivery'])
      await checks.getByText(name, { exact: true }).first().waitFor();
    const first = await checks.getByRole('row').nth(1).textContent();
    expect(first).toMatch(/^(failed|warning|skipped|ok)/);
  });

  it('the system shows who did what, the settings without secrets, and the processes', async () => {
    await open('/system?tab=audit&action=manifest.register');
    await page.getByRole('region', { name: 'Audit log, newest first' }).first().waitFor();
    await open('/system?tab=settings&setting=ENCRYPTION_KEYS');
    await page.getByText('ENCRYPTION_KEYS', { exact: true }).waitFor();
    expect(await page.content()).not.toContain(platform.env['ENCRYPTION_KEYS']!.split(':')[1]);
    await open('/system?tab=workers');
    const processes = page.getByRole('region', { name: 'Processes, by role and host' }).last();
    await processes.getByText('worker', { exact: true }).waitFor();
    expect(await processes.getByText('alive').count()).toBe(2);
  });

  it('the search opens a delivery by the beginning of its id, with the keyboard alone', async () => {
    const { json } = await client.get('/api/v1/deliveries?appId=diary');
    const id = json.items[0].id as string;
    await open('/');
    await title('Overview').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search' }).fill(id.slice(0, 18));
    await page.getByRole('option', { name: /delivery of diary/ }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/deliveries/${id}`);
  });
});
