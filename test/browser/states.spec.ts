import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { hasChromium, launchChromium, signedIn } from './chromium.js';

/** A list, what it asks the api for, and what it says when there is nothing. */
const LISTS = [
  { path: '/apps', asks: '**/api/v1/admin/app-summaries*', filter: '?search=nothing-like-this' },
  { path: '/deliveries', asks: '**/api/v1/deliveries?*', filter: '?capability=nothing' },
  { path: '/dead-letters', asks: '**/api/v1/admin/dlq?*', filter: '?capability=nothing' },
  { path: '/breakers', asks: '**/api/v1/admin/circuit-breaker/status*', filter: '?state=open' },
  { path: '/events', asks: '**/api/v1/events?*', filter: '?type=nothing' },
  { path: '/alerts', asks: '**/api/v1/admin/alerts*', filter: '?appId=nothing' },
];

const problem = (status: number, code: string, title: string): object => ({
  status,
  contentType: 'application/problem+json',
  headers: { 'x-request-id': 'request-of-the-test' },
  body: JSON.stringify({
    type: `urn:breakwater:error:${code}`,
    title,
    status,
    detail: 'The reason of the test.',
    code,
    requestId: 'request-of-the-test',
  }),
});

/** What the api answers is replaced in the browser: these states cannot be had from a server that works. */
describe.skipIf(!hasChromium).each(LISTS)('$path', ({ path, asks, filter }) => {
  let page: Page;
  beforeEach(async () => {
    page = await shared.context.newPage();
  });
  afterEach(() => page.close());
  const open = async (search = ''): Promise<void> => {
    await page.goto(new URL(path + search, shared.api.url).href);
  };
  const answer = async (how: object): Promise<void> => {
    await page.route(asks, (route: Route) => route.fulfill(how));
  };

  it('says that it is loading', async () => {
    await page.route(asks, () => undefined);
    await open();
    await page.locator('[data-state=waiting][aria-busy=true]').first().waitFor();
    await page
      .getByText(/^Loading /)
      .first()
      .waitFor({ state: 'attached' });
  });

  it('has an empty state that is no missing match', async () => {
    await answer({ json: { items: [], nextCursor: null } });
    await open();
    await page.getByRole('heading', { name: / yet$/ }).first().waitFor();
    await page.unroute(asks);
  });

  it('offers to clear the filters when nothing matches', async () => {
    await answer({ json: { items: [], nextCursor: null } });
    await open(filter);
    await page.getByRole('heading', { name: /^No .* match these filters$/ }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
  });

  it('says what went wrong, with the id of the request, and can try again', async () => {
    await answer(problem(500, 'INTERNAL', 'Something broke'));
    await open();
    const alert = page.getByRole('alert').first();
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(
      /Something broke.*The reason of the test.*request-of-the-test/s,
    );
    await page.unroute(asks);
    await alert.getByRole('button', { name: 'Retry' }).click();
    // Every part that failed is asked for again, not only this one.
    await expect.poll(() => page.getByRole('alert').count(), { timeout: 20_000 }).toBe(0);
  });

  it('says what may not be seen', async () => {
    await answer(problem(403, 'FORBIDDEN', 'Not allowed'));
    await open();
    await page
      .getByRole('heading', { name: /^You may not see these / })
      .first()
      .waitFor();
  });
});

const shared = {} as { platform: Platform; api: Role; browser: Browser; context: BrowserContext };
beforeAll(async () => {
  if (!hasChromium) return;
  shared.platform = await Platform.start();
  [shared.api, shared.browser] = await Promise.all([shared.platform.api(), launchChromium()]);
  shared.context = await signedIn(shared.browser, shared.api.url, shared.platform.adminKey);
  await shared.platform.register(shared.api, { quiz_answer: {} }, 'shop');
});
afterAll(async () => {
  await shared.browser?.close();
  await shared.platform?.stop();
});

describe.skipIf(!hasChromium)('data that was read before', () => {
  it('stays on the screen, marked as old, while the server does not answer', async () => {
    const page = await shared.context.newPage();
    await page.goto(new URL('/', shared.api.url).href);
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await verdict.waitFor();
    await page.route('**/api/v1/admin/overview*', (route) => route.abort());
    // The screen is read again at a hint that something happened, or after half a minute.
    await shared.platform.client(shared.api).invoke('shop', 'quiz_answer');
    await page.locator('[data-state=stale]').first().waitFor({ timeout: 60_000 });
    expect(await verdict.count()).toBe(1);
    await page.close();
  });
});
