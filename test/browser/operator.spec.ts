import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { hasChromium, launchChromium, openPage, signedIn, type Watched } from './chromium.js';

const SHOP = '/api/v1/admin/apps/shop';

describe.skipIf(!hasChromium)('an operator', () => {
  let platform: Platform;
  let api: Role;
  let client: HttpClient;
  let browser: Browser;
  let context: BrowserContext | undefined;
  let page: Page;
  let watched: Watched;

  beforeAll(async () => {
    platform = await Platform.start();
    [api, browser] = await Promise.all([platform.api(), launchChromium(), platform.worker()]);
    client = platform.client(api);
    const retry = { maxAttempts: 1, initialDelayMs: 100, maxDelayMs: 100 };
    await platform.register(api, { report: { async: true, timeout: 2000, retry } }, 'shop');
    platform.receiver.on('/report', { status: 503, body: 'no' });
    await client.invoke('shop', 'report', { n: 1 });
    await client.invoke('shop', 'report', { n: 2 });
    await eventually(async () => (await platform.counts())['dead_letter'] === 2, {
      what: 'two dead letters',
    });
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });
  afterEach(async () => {
    await context?.close();
    const wrong = [...watched.errors, ...watched.foreign];
    if (wrong.length > 0) throw new Error(`the page must not do this: ${wrong.join('; ')}`);
  });

  const at = (path: string): string => new URL(path, api.url).href;
  const title = (name: string | RegExp): Promise<void> =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  async function come(path: string, options = {}): Promise<void> {
    context = await signedIn(browser, api.url, platform.adminKey, options);
    ({ page, watched } = await openPage(context, api.url));
    await page.goto(at(path));
  }

  describe('with a keyboard only', () => {
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const hasFocus = async (one: Locator): Promise<boolean> =>
      (await one.and(page.locator(':focus')).count()) === 1;
    const activeRow = async (): Promise<number> => {
      const rows = await page.locator('[data-rows] tbody tr').all();
      const marks = await Promise.all(rows.map((row) => row.getAttribute('data-active')));
      return marks.indexOf('true');
    };

    beforeEach(async () => {
      context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      ({ page, watched } = await openPage(context, api.url));
      await page.goto(at('/'));
      await title('Sign in');
      await page.keyboard.type(platform.adminKey);
      await press('Enter');
      await title('Overview');
    });

    it('signs in, goes to the deliveries, to their filter, and opens one', async () => {
      await press('g', 'd');
      await title('Deliveries');
      await page.getByRole('row').nth(2).waitFor();
      await press('/');
      await expect.poll(() => hasFocus(page.locator('[data-filter]'))).toBe(true);
      await press('Escape', 'j');
      await expect
        .poll(() => hasFocus(page.getByRole('region', { name: 'Deliveries, newest first' })))
        .toBe(true);
      await press('j', 'j');
      expect(await activeRow()).toBe(1);
      await press('k');
      expect(await activeRow()).toBe(0);
      await press('Enter');
      await title('report');
      expect(new URL(page.url()).pathname).toMatch(/^\/deliveries\/[0-9a-f-]{36}$/);
    });

    it('selects a row, and after each dialog the focus is where it was', async () => {
      const list = page.getByRole('region', { name: 'Dead letters, newest first' });
      await press('g', 'l');
      await title('Dead letters');
      await list.waitFor();
      await press('j', 'j', 'x');
      await page.getByText('1 selected').waitFor();
      await press('x');
      await page.getByText('1 selected').waitFor({ state: 'detached' });
      await press('r');
      const dialog = page.getByRole('dialog');
      await dialog.getByText('Redeliver 1 dead letter?').waitFor();
      // Keys of the screen do nothing behind it.
      await press('g', 'd', 'Escape');
      await dialog.waitFor({ state: 'detached' });
      await expect.poll(() => hasFocus(list)).toBe(true);
      await press('?');
      await dialog.getByRole('cell', { name: 'select the row' }).waitFor();
      await press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await expect.poll(() => hasFocus(list)).toBe(true);
      await title('Dead letters');
    });

    it('finds an app by its name', async () => {
      await press('Control+k');
      const field = page.getByRole('combobox', { name: 'Search' });
      await field.waitFor();
      await expect.poll(() => hasFocus(field)).toBe(true);
      await page.keyboard.type('shop');
      await page.getByRole('option').filter({ hasText: 'Quiz' }).first().waitFor();
      await press('Enter');
      await page.waitForURL('**/apps/shop');
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => hasFocus(page.locator('h1'))).toBe(true);
    });

    it('skips the navigation', async () => {
      const link = page.getByRole('link', { name: 'Skip to content' });
      const reachable = page.locator('#root').locator('a, button, input, [tabindex="0"]');
      expect(await reachable.first().textContent()).toBe('Skip to content');
      for (let presses = 0; presses < 60 && (await page.locator('.skip-link:focus').count()) === 0; presses++)
        await press('Shift+Tab');
      const box = await link.boundingBox();
      expect(box!.x).toBeGreaterThanOrEqual(0);
      expect(box!.y).toBeGreaterThanOrEqual(0);
      await press('Enter');
      await expect.poll(() => hasFocus(page.locator('#main'))).toBe(true);
    });
  });

  it('sees times of another zone in UTC when asked, and keeps the choice', async () => {
    await come('/deliveries', { timezoneId: 'Asia/Kathmandu' });
    const time = page.getByRole('row').nth(1).locator('time').first();
    const shown = async (): Promise<{ title: string; at: string }> => ({
      title: (await time.getAttribute('title'))!,
      at: (await time.getAttribute('datetime'))!,
    });
    const [{ created_at: created }] = (await platform.rows<{ created_at: Date }>(
      'SELECT created_at FROM deliveries ORDER BY created_at DESC LIMIT 1',
    )) as [{ created_at: Date }];
    const clock = (zoneMinutes: number): string =>
      new Date(created.getTime() + zoneMinutes * 60_000).toISOString().replace('T', ' ').slice(0, 23);
    await time.waitFor();
    expect(await shown()).toEqual({ title: `${clock(345)} +05:45`, at: created.toISOString() });
    await page.getByRole('button', { name: 'Times in local time; change' }).click();
    expect(await shown()).toEqual({ title: `${clock(0)} UTC`, at: created.toISOString() });
    await page.reload();
    await time.waitFor();
    expect((await shown()).title).toBe(`${clock(0)} UTC`);
    await page.getByRole('button', { name: 'Times in UTC; change' }).click();
    expect((await shown()).title).toBe(`${clock(345)} +05:45`);
  });

  describe('with the editor of a manifest', () => {
    const editor = (): Locator => page.getByRole('textbox', { name: 'Manifest' });
    const check = (): Locator => page.getByRole('region', { name: 'Check' });
    const version = async (): Promise<{ number: number; timeout: unknown }> => {
      const number = (await client.get(SHOP)).json.manifestVersion as number;
      const stored = await client.get(`${SHOP}/manifests/${number}`);
      return { number, timeout: stored.json.document.webhooks.report.timeout };
    };

    it('sees where a value is wrong, mends it, registers it, and goes back', async () => {
      await come('/apps/shop/manifest', { viewport: { width: 1280, height: 1000 } });
      await editor().waitFor();
      const lines = (await editor().innerText()).split('\n');
      const line = lines.findIndex((text) => text.includes('"timeout": 2000')) + 1;
      expect(line).toBeGreaterThan(1);
      await editor().getByText('2000', { exact: true }).dblclick();
      await page.keyboard.type('true');
      const problem = check().getByRole('button', { name: `Problem, line ${line}:` });
      await problem.waitFor();
      expect(await problem.textContent()).toContain('/webhooks/report/timeout');
      const register = page.getByRole('button', { name: 'Register as version 2' });
      expect(await register.isDisabled()).toBe(true);
      await editor().press('Control+Home');
      await problem.click();
      // The cursor is before the wrong value.
      await page.keyboard.press('Control+Shift+ArrowRight');
      await page.keyboard.type('3000');
      await check().getByText('valid', { exact: true }).waitFor();
      await page
        .getByRole('region', { name: 'Changes against version 1' })
        .getByText('report')
        .first()
        .waitFor();
      await register.click();
      await page.getByText('Version 2 of shop is in force.').waitFor();
      expect(await version()).toEqual({ number: 2, timeout: 3000 });
      await page.getByRole('button', { name: 'Roll back to version 1' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
      await page.getByText('Version 3 is in force: a copy of version 1.').waitFor();
      expect(await version()).toEqual({ number: 3, timeout: 2000 });
      await page.getByText('3 (in force)').waitFor();
      await editor().getByText('2000', { exact: true }).waitFor();
    });

    it('registers a new app, whose secret is shown once', async () => {
      await come('/register');
      await page.getByLabel('Id of the app').fill('kiosk');
      await check().getByText('valid', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Register', exact: true }).click();
      const secret = page.getByText(/^whsec_/);
      await secret.waitFor();
      const text = (await secret.textContent())!;
      await page.getByRole('button', { name: 'Go to the app' }).click();
      await page.waitForURL('**/apps/kiosk');
      await title(/My app|kiosk/);
      expect(await page.content()).not.toContain(text);
      await page.goBack();
      await title('Register an app');
      expect(await page.content()).not.toContain(text);
    });
  });
});
