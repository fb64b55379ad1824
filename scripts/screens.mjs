// `npm run screens -- --url URL --key KEY [--only NAME]`: takes a picture of every screen of a running dashboard into
// the folder screens, in both themes, wide and narrow. Needs a Chromium.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../test/browser/find-chromium.mjs';
import { screensOf } from '../test/browser/screens.mjs';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:3000' },
    key: { type: 'string' },
    only: { type: 'string' },
  },
});
const key = values.key ?? process.env.BREAKWATER_API_KEY;
if (!key) {
  console.error('screens: give a key with --key or BREAKWATER_API_KEY');
  process.exit(1);
}
const path = findChromium();
if (!path) {
  console.error('screens: no Chromium found; install one, or name it in CHROMIUM_PATH');
  process.exit(1);
}

const folder = fileURLToPath(new URL('../screens/', import.meta.url));
mkdirSync(folder, { recursive: true });
const WIDTHS = { wide: 1280, narrow: 360 };
const wanted = values.only?.split(',');
const screens = (await screensOf(values.url, key)).filter(({ name }) => !wanted || wanted.includes(name));

const browser = await chromium.launch({ executablePath: path, args: CHROMIUM_ARGS });
for (const theme of ['light', 'dark']) {
  for (const [width, pixels] of Object.entries(WIDTHS)) {
    const context = await browser.newContext({
      viewport: { width: pixels, height: 800 },
      colorScheme: theme,
    });
    const signedIn = await context.request.post(`${values.url}/api/v1/session`, {
      data: { key },
      headers: { origin: values.url },
    });
    if (!signedIn.ok()) {
      console.error(`screens: signing in failed: ${signedIn.status()} ${await signedIn.text()}`);
      process.exit(1);
    }
    for (const { name, path: at } of screens) {
      const page = await context.newPage();
      await page.goto(new URL(at, values.url).href);
      // The page is drawn when nothing is loading any more.
      await page
        .waitForFunction(
          () => document.querySelector('h1') && !document.querySelector('[aria-busy=true]'),
          null,
          {
            timeout: 15_000,
          },
        )
        .catch(() => console.error(`screens: ${name} was still loading after 15 s`));
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${folder}${name}-${theme}-${width}.png`, fullPage: true });
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
console.log(`${screens.length} screens, in both themes, wide and narrow: ${folder}`);
