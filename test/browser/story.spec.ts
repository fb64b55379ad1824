import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { hasChromium, launchChromium, openPage, type Watched } from './chromium.js';

/** Each would run as a script where text is taken for HTML, and each runs in another place. */
const HOSTILE = `<img src=x onerror="hit('name')"><script>hit('script')</script>"onfocus="hit('attribute')`;
const ANSWER = `<svg onload="hit('answer')"></svg><a href="javascript:hit('link')">x</a>{{constructor.constructor('hit()')()}}`;

/** An outage as an operator lives through it, on the screens alone; with an app that wants to attack the operator. */
describe.skipIf(!hasChromium)('an app that fails and is repaired, on the screens', () => {
  let platform: Platform;
  let api: Role;
  let client: HttpClient;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let watched: Watched;
  const hits: string[] = [];

  beforeAll(async () => {
    platform = await Platform.start({
      env: { WEBHOOK_METRICS_INTERVAL: '1000', ALERT_CHECK_INTERVAL: '1000' },
    });
    [api, browser] = await Promise.all([platform.api(), launchChromium(), platform.worker()]);
    client = platform.client(api);
    const { status, text } = await client.put('/api/v1/admin/apps/shop/manifest', {
      name: HOSTILE.slice(0, 200),
      ownerEmail: 'owner@example.com',
      baseUrl: platform.receiver.url,
      webhooks: {
        report: {
          url: '/report',
          async: true,
          timeout: 2000,
          retry: { maxAttempts: 2, initialDelayMs: 100, maxDelayMs: 200 },
          circuitBreaker: { failureThreshold: 4, recoveryTimeoutMs: 600_000 },
        },
      },
    });
    if (status !== 200) throw new Error(text);
    await client.post('/api/v1/admin/alert-rules', {
      name: HOSTILE.slice(0, 90),
      type: 'circuit_open',
      appId: 'shop',
      threshold: 1,
    });
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await context.exposeFunction('hit', (where: string) => hits.push(where));
    ({ page, watched } = await openPage(context, api.url));
    page.on('dialog', (dialog) => {
      hits.push(dialog.message());
      void dialog.dismiss();
    });
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  const title = (name: string | RegExp): Promise<void> =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  const go = async (place: string): Promise<void> => {
    await page
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('link', { name: new RegExp(`^${place}`) })
      .click();
    await title(place);
  };
  const invoke = async (): Promise<void> => {
    const payload = { text: HOSTILE, ['<b onmouseover=hit(1)>']: ANSWER };
    const { status } = await client.invoke('shop', 'report', payload);
    expect(status).toBe(202);
  };

  it('begins with all well', async () => {
    await page.goto(new URL('/', api.url).href);
    await page.getByLabel('API key').fill(platform.adminKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await title('Overview');
    await page.getByRole('region', { name: 'Apps, worst first' }).first().waitFor();
  });

  it('shows the breaker open, why, and what comes next', async () => {
    platform.receiver.on('/report', {
      status: 503,
      headers: { 'content-type': 'text/html', 'x-hostile': ANSWER, 'retry-after': '0' },
      body: ANSWER,
    });
    await Promise.all([invoke(), invoke(), invoke()]);
    await eventually(
      async () => (await client.get('/api/v1/admin/circuit-breaker/shop/report')).json.state === 'open',
      { limitMs: 20_000, what: 'an open breaker' },
    );
    await go('Breakers');
    const card = page.getByRole('article', { name: 'shop / report' });
    await card.waitFor();
    expect(await card.textContent()).toMatch(/open/);
    expect(await card.textContent()).toMatch(/503/);
  });

  it('shows the alert, and who was told', async () => {
    await eventually(async () => (await platform.rows('SELECT 1 FROM alerts')).length > 0, {
      limitMs: 30_000,
      what: 'an alert',
    });
    await go('Alerts');
    const row = page.getByRole('row').filter({ hasText: 'shop' }).first();
    await row.waitFor({ timeout: 30_000 });
    await row.getByRole('link').first().click();
    await page.getByRole('heading', { level: 2, name: 'Notifications' }).waitFor();
  });

  it('answers eight questions in the middle of it', async () => {
    // The breaker is open: this one is not sent, and waits.
    await invoke();
    await eventually(async () => (await platform.counts())['pending'] ?? 0, {
      what: 'a delivery that waits',
    });
    const [breaker] = await platform.rows<{
      opened_at: Date;
      retry_at: Date;
      failure_count: number;
      last_reason: string;
    }>("SELECT * FROM circuit_breaker_state WHERE app_id = 'shop' AND state = 'open'");
    const [{ lost }] = (await platform.rows<{ lost: number }>(
      'SELECT count(*)::int AS lost FROM webhook_dead_letter_queue WHERE resolved_at IS NULL',
    )) as [{ lost: number }];
    const waiting = (await platform.counts())['pending'] ?? 0;
    const told = await platform.rows<{ recipient: string }>(
      "SELECT DISTINCT recipient FROM notifications WHERE kind = 'alert_firing' ORDER BY 1",
    );
    const text = async (name: string): Promise<string> =>
      (await page.getByRole('region', { name, exact: true }).first().textContent()) ?? '';
    const tile = (name: string): Promise<string | null> =>
      page.getByRole('main').getByRole('link', { name, exact: true }).locator('xpath=../..').textContent();
    const answers: Record<string, unknown> = {};

    await go('Overview');
    // What was read before is shown until it is read again.
    await expect.poll(() => text('Verdict'), { timeout: 40_000 }).toMatch(/degraded|failing/);
    await expect.poll(() => tile('Dead letters'), { timeout: 40_000 }).toMatch(/^Dead letters[1-9]/);
    answers['what'] = await text('Verdict');
    answers['was anything lost'] = await tile('Dead letters');
    answers['who'] = await page
      .getByRole('region', { name: 'Apps, worst first' })
      .last()
      .getByRole('row')
      .nth(1)
      .textContent();

    await go('Breakers');
    await page.getByRole('article', { name: 'shop / report' }).getByRole('link').first().click();
    await title('shop / report');
    await page.getByRole('region', { name: 'Why' }).waitFor();
    answers['why'] = await text('Why');
    answers['since when'] = await page
      .getByRole('region', { name: 'Why' })
      .locator('time')
      .first()
      .getAttribute('datetime');
    answers['what happens next'] = /Next probe: in (\d+) min/.exec(await text('Why'))?.[1];
    answers['what to press'] = await page.getByRole('button', { name: 'Reset: shop / report' }).isEnabled();

    await page.goto(new URL('/deliveries?status=pending', api.url).href);
    await title('Deliveries');
    await page.getByText(/Deliveries, newest first: /).waitFor();
    const list = page.getByRole('region', { name: 'Deliveries, newest first' });
    answers['what waits'] = (await list.getByRole('row').count()) - 1;

    await go('Alerts');
    const alerts = page.getByRole('region', { name: 'Alerts, newest first' });
    await alerts.waitFor();
    const links = await alerts.getByRole('link').all();
    const paths = await Promise.all(links.map((link) => link.getAttribute('href')));
    const recipients = new Set<string>();
    for (const path of paths) {
      await page.goto(new URL(path!, api.url).href);
      const log = page.getByRole('region', { name: 'Notifications of the alert, oldest first' });
      await log.waitFor();
      for (const to of await log.locator('td[data-label=To]').allTextContents()) recipients.add(to);
    }
    answers['who was told'] = [...recipients].toSorted();

    expect(answers).toEqual({
      what: expect.stringMatching(/degraded.*circuit breaker is not closed/s),
      who: expect.stringMatching(/^shop/),
      'since when': breaker!.opened_at.toISOString(),
      why: expect.stringContaining(breaker!.last_reason),
      'was anything lost': expect.stringMatching(new RegExp(`^Dead letters${lost}`)),
      'what waits': waiting,
      'what happens next': expect.stringMatching(/^[89]$/),
      'who was told': told.map(({ recipient }) => recipient),
      'what to press': true,
    });
    expect(breaker!.retry_at.getTime() - breaker!.opened_at.getTime()).toBeLessThanOrEqual(600_000);
    expect(told.length).toBeGreaterThan(0);
  });

  it('shows what was not delivered, with every attempt', async () => {
    await client.post('/api/v1/admin/circuit-breaker/shop/report/reset', {});
    await eventually(async () => (await platform.counts())['dead_letter'] === 4, {
      limitMs: 30_000,
      what: 'four dead letters',
    });
    await go('Dead letters');
    const list = page.getByRole('region', { name: 'Dead letters, newest first' });
    await list.waitFor();
    expect(await list.getByRole('row').count()).toBe(5);
    await list.getByRole('row').nth(1).getByRole('link').first().click();
    await page.getByText('503').first().waitFor();
    await expect.poll(() => page.locator('main').textContent(), { timeout: 20_000 }).toContain('onerror');
  });

  it('is repaired: the breaker reset, all that match redelivered and counted', async () => {
    platform.receiver.on('/report', { status: 200, body: '{"ok":true}' });
    const before = platform.receiver.callsTo('/report').length;
    if ((await client.get('/api/v1/admin/circuit-breaker/shop/report')).json.state !== 'closed') {
      await go('Breakers');
      await page.getByRole('button', { name: 'Reset: shop / report' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Reset' }).click();
      await dialog.waitFor({ state: 'detached' });
    }
    await go('Dead letters');
    await page.getByRole('button', { name: 'Redeliver all that match…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Count first' }).click();
    await page.getByRole('button', { name: 'Redeliver 4 dead letters' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Redeliver', exact: true }).click();
    await eventually(async () => (await platform.counts())['completed'] === 4, {
      limitMs: 30_000,
      what: 'four deliveries made',
    });
    expect(platform.receiver.callsTo('/report').length).toBe(before + 4);
    await go('Dead letters');
    await page.getByRole('heading', { name: 'No dead letters yet' }).waitFor({ timeout: 40_000 });
    const { json } = await client.get('/api/v1/admin/audit-log?limit=20');
    expect(json.items.map(({ action }: { action: string }) => action)).toContain('bulk_operation.run');
  });

  it('shows every screen of the app without running anything of it', async () => {
    const [delivery] = await platform.rows<{ id: string }>('SELECT id FROM deliveries LIMIT 1');
    for (const path of [
      '/',
      '/apps',
      '/apps/shop',
      '/apps/shop/manifest',
      '/deliveries',
      `/deliveries/${delivery!.id}`,
      '/breakers/shop/report',
      '/alert-rules',
      '/health',
      '/feed',
      '/events',
      `/deliveries?text=${encodeURIComponent(HOSTILE)}&capability=${encodeURIComponent(HOSTILE)}`,
    ]) {
      await page.goto(new URL(path, api.url).href);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => page.locator('[aria-busy=true]').count(), { timeout: 30_000 }).toBe(0);
      expect(await page.locator('main script, main img[src=x], main svg[onload]').count()).toBe(0);
    }
    expect(hits).toEqual([]);
    expect(watched).toEqual({ errors: [], foreign: [] });
  });
});
