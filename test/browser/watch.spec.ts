import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { hasChromium, launchChromium, signedIn } from './chromium.js';

const FAILS = '/api/v1/admin/circuit-breaker/shop/fails';

describe.skipIf(!hasChromium)('who watches an installation', () => {
  let platform: Platform;
  let api: Role;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    platform = await Platform.start({ env: { ALERT_CHECK_INTERVAL: '1000' } });
    [api, browser] = await Promise.all([platform.api(), launchChromium()]);
    await platform.worker();
    await platform.register(api, { fails: {}, works: {} }, 'shop');
    platform.receiver.on('/fails', { status: 500 });
    for (let n = 0; n < 5; n++) await platform.client(api).invoke('shop', 'fails');
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });
  beforeEach(async () => {
    context = await signedIn(browser, api.url, platform.adminKey);
    page = await context.newPage();
  });
  afterEach(() => context.close());

  const open = (path: string) => page.goto(new URL(path, api.url).href);
  const get = async (path: string) => (await platform.client(api).get(path)).json;
  const confirm = async (verb: string, reason?: string): Promise<void> => {
    const dialog = page.getByRole('dialog');
    if (reason !== undefined) await dialog.getByRole('textbox').fill(reason);
    await dialog.getByRole('button', { name: verb }).click();
    await dialog.waitFor({ state: 'detached' });
  };

  it('sees why a breaker is open, and forces it closed for a reason', async () => {
    await open('/breakers');
    const card = page.getByRole('article', { name: 'shop / fails' });
    await card.getByText(/opened after 5 failures in a row, the last with: http 500/).waitFor();
    await card.getByRole('button', { name: 'Force closed: shop / fails' }).click();
    await page.getByRole('dialog').getByText('Every call is sent').waitFor();
    await confirm('Force closed', 'Their errors are harmless.');
    expect(await get(FAILS)).toMatchObject({ state: 'closed', forced: 'closed' });
  });

  it('reads in its history who forced it, and makes it automatic again', async () => {
    await open('/breakers/shop/fails');
    const row = page.getByRole('row').filter({ hasText: 'Their errors are harmless.' });
    await row.getByText('forced closed').waitFor();
    await page.getByRole('button', { name: 'Back to automatic: shop / fails' }).click();
    await confirm('Back to automatic', 'They mended it.');
    expect(await get(FAILS)).toMatchObject({ forced: null });
  });

  it('makes a rule that says what it does, tests it, mutes it, and reads who did that', async () => {
    await open('/alert-rules/new');
    await page.getByLabel('Name').fill('Shop must work');
    await page.getByLabel('App', { exact: true }).fill('shop');
    await page.getByText('Fires when the success rate of shop falls below 95 %').waitFor();
    await page.getByRole('button', { name: 'Test against the last 24 h' }).click();
    await page
      .locator('[data-rehearsal]')
      .getByText(/would (not )?have fired/)
      .waitFor();
    await page.getByRole('button', { name: 'Create rule' }).click();
    await page.getByRole('heading', { level: 1, name: 'Shop must work' }).waitFor();
    const { items } = await get('/api/v1/admin/alert-rules');
    const made = (items as { id: string; name: string }[]).find(({ name }) => name === 'Shop must work')!;
    expect(made).toMatchObject({ type: 'success_rate', appId: 'shop', threshold: 95, enabled: true });

    await page.getByRole('button', { name: 'Mute' }).click();
    await confirm('Mute');
    expect(await get(`/api/v1/admin/alert-rules/${made.id}`)).toMatchObject({
      mutedUntil: expect.any(String),
    });
    await page.getByText(/^muted until from none to /).waitFor();
  });

  it('reads at an app that a developer answers its calls', async () => {
    await platform.rows(
      `INSERT INTO listeners (id, app_id, capabilities, answers_calls, process_id, started_by, expires_at)
       VALUES (gen_random_uuid(), 'shop', '{works}', true, gen_random_uuid(), 'laptop of ann', now() + interval '1 hour'),
         (gen_random_uuid(), 'shop', '{}', false, gen_random_uuid(), 'laptop of bob', now() + interval '1 hour')`,
    );
    await open('/apps/shop');
    await page.getByText(/^laptop of ann answers works; began/).waitFor();
    expect(await page.getByText('laptop of bob').count()).toBe(0);
    await platform.rows('DELETE FROM listeners');
  });

  it('acknowledges an alert, and everybody sees who did', async () => {
    await platform.client(api).post(`${FAILS}/force`, { state: 'open', reason: 'For the test.' });
    const id = await eventually(
      async () => {
        const { items } = await get('/api/v1/admin/alerts?state=open&appId=shop');
        return (items as { id: string; type: string }[]).find(({ type }) => type === 'circuit_open')?.id;
      },
      { what: 'an alert' },
    );
    await open('/alerts?state=open');
    await page.getByRole('link', { name: 'Circuit breaker open' }).first().click();
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await confirm('Acknowledge', 'On it.');
    await page.getByText(/Acknowledged .* by .*: On it\./).waitFor();
    expect(await get(`/api/v1/admin/alerts/${id}`)).toMatchObject({
      state: 'acknowledged',
      acknowledgedNote: 'On it.',
    });
  });
});
