import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { hasChromium, launchChromium, openPage, signedIn, type Watched } from './chromium.js';
import { DemoProduct } from './demo-product.js';
import { addressesOf } from './screens.mjs';

/** The rules of WCAG 2.2, levels A and AA. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
/** Those of its rules that look at colours. */
const RULES_OF_COLOURS = ['color-contrast', 'link-in-text-block'];
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 800 };
/** All screens one after the other. */
const PATIENCE_MS = 600_000;

/** Runs in the page. */
const widthOf = (element: unknown): number => (element as { scrollWidth: number }).scrollWidth;

interface Shown {
  page: Page;
  watched: Watched;
}

/** Opens a screen and waits until nothing is loading any more. */
async function show(context: BrowserContext, url: string): Promise<Shown> {
  const { page, watched } = await openPage(context, url);
  await page.goto(url);
  await page.locator('h1').first().waitFor();
  await expect.poll(() => page.locator('[aria-busy=true]').count(), { timeout: 30_000 }).toBe(0);
  return { page, watched };
}

async function findingsOf(axe: AxeBuilder): Promise<string[]> {
  // In the page itself: no screen has frames, and a page of its own for each analysis takes longer than the analysis.
  const { violations } = await axe.setLegacyMode().analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** The screen follows the system to the dark theme; everything but its colours was judged before. */
async function darkFindingsOf(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
  const found = await findingsOf(new AxeBuilder({ page }).withRules(RULES_OF_COLOURS));
  return found.map((finding) => `dark: ${finding}`);
}

/** One h1, no error, nothing from another host. */
async function conductOf({ page, watched }: Shown): Promise<string[]> {
  const headings = await page.locator('h1').count();
  return [
    ...(headings === 1 ? [] : [`${headings} h1`]),
    ...watched.errors,
    ...watched.foreign.map((url) => `asked ${url}`),
  ];
}

/**
 * Whether the page is wider than a narrow window, so that one must scroll to the side. The navigation moves out of it
 * first.
 */
async function widthProblemOf(page: Page): Promise<string[]> {
  await page.setViewportSize(NARROW);
  let width = Number.POSITIVE_INFINITY;
  const isNarrow = async (): Promise<boolean> => {
    width = await page.locator('html').evaluate(widthOf);
    return width <= NARROW.width;
  };
  try {
    await eventually(isNarrow, { limitMs: 3_000, what: 'a page that fits' });
    return [];
  } catch {
    return [`${width} px wide in a window of ${NARROW.width} px`];
  }
}

describe.skipIf(!hasChromium)('every screen', () => {
  let product: DemoProduct;
  let browser: Browser;
  let addresses: Record<string, string | null>;

  beforeAll(async () => {
    [product, browser] = await Promise.all([DemoProduct.start(), launchChromium()]);
    addresses = await addressesOf(product.url, product.adminKey);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  it('has something to show', () => {
    expect(Object.keys(addresses).filter((name) => addresses[name] === null)).toEqual([]);
  });

  it(
    'has no finding of axe in either theme, one h1 and no error, asks no other host, and fits 360 px',
    async () => {
      const context = await signedIn(browser, product.url, product.adminKey, {
        colorScheme: 'light',
        viewport: WIDE,
      });
      const wrong: Record<string, string[]> = {};
      for (const [name, path] of Object.entries(addresses)) {
        const shown = await show(context, new URL(path ?? '/', product.url).href);
        const { page } = shown;
        const findings = await findingsOf(new AxeBuilder({ page }).withTags(TAGS));
        const dark = await darkFindingsOf(page);
        const width = await widthProblemOf(page);
        const found = [...findings, ...dark, ...width, ...(await conductOf(shown))];
        if (found.length > 0) wrong[name] = found;
        await page.close();
      }
      await context.close();
      expect(wrong).toEqual({});
    },
    PATIENCE_MS,
  );
});
