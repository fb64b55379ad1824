import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium, openPage, signedIn, type Watched } from './chromium.js';
import { DemoProduct } from './demo-product.js';
import { addressesOf } from './screens.mjs';

/** The rules of WCAG 2.2, levels A and AA. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 800 };
const THEMES = ['light', 'dark'] as const;

interface Shown {
  page: Page;
  watched: Watched;
}

/** Opens a screen and waits until nothing is loading any more. */
async function show(context: BrowserContext, url: string): Promise<Shown> {
  const { page, watched } = await openPage(context, url);
  await page.goto(url);
  await page.waitForFunction(
    () => document.querySelector('h1') !== null && document.querySelector('[aria-busy=true]') === null,
  );
  // A chart is drawn when its code is there.
  await page.waitForLoadState('networkidle');
  return { page, watched };
}

describe.skipIf(!hasChromium)('every screen', () => {
  let product: DemoProduct;
  let browser: Browser;
  let addresses: Record<string, string | null>;

  beforeAll(async () => {
    [product, browser] = await Promise.all([DemoProduct.start(), launchChromium()]);
    addresses = await addressesOf(product.url, product.adminKey);
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const windowOf = (colorScheme: 'light' | 'dark', viewport: typeof WIDE): Promise<BrowserContext> =>
    signedIn(browser, product.url, product.adminKey, { colorScheme, viewport });

  /** Looks at each screen in turn. @returns what is wrong, by screen */
  async function wrongIn(
    context: BrowserContext,
    look: (shown: Shown) => Promise<string[]>,
  ): Promise<Record<string, string[]>> {
    const wrong: Record<string, string[]> = {};
    for (const [name, path] of Object.entries(addresses)) {
      const shown = await show(context, new URL(path ?? '/', product.url).href);
      const found = await look(shown).catch((error: Error) => [error.message]);
      if (found.length > 0) wrong[name] = found;
      await shown.page.close();
    }
    await context.close();
    return wrong;
  }

  it('has something to show', () => {
    expect(Object.keys(addresses).filter((name) => addresses[name] === null)).toEqual([]);
  });

  it.each(THEMES)('has no finding of axe in the %s theme', async (theme) => {
    const context = await windowOf(theme, WIDE);
    const wrong = await wrongIn(context, async ({ page }) => {
      const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
    });
    expect(wrong).toEqual({});
  });

  it('has one h1, no error, and asks no other host for anything', async () => {
    const context = await windowOf('light', WIDE);
    const wrong = await wrongIn(context, async ({ page, watched }) => {
      const headings = await page.locator('h1').count();
      return [
        ...(headings === 1 ? [] : [`${headings} h1`]),
        ...watched.errors,
        ...watched.foreign.map((url) => `asked ${url}`),
      ];
    });
    expect(wrong).toEqual({});
  });

  it('is not wider than a window of 360 px', async () => {
    const context = await windowOf('light', NARROW);
    const wrong = await wrongIn(context, async ({ page }) => {
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      return width > NARROW.width ? [`${width} px wide`] : [];
    });
    expect(wrong).toEqual({});
  });
});
