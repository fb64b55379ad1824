import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { requireDashboard } from '@breakwater/testing/build.js';
import { CHROMIUM_ARGS, findChromium } from './find-chromium.mjs';

const path = findChromium();

/** Whether a Chromium is available; in CI it must be. */
export const hasChromium = path !== null;
if (!hasChromium && process.env['CI']) {
  throw new Error('Chromium is missing: in CI nothing is skipped for want of it');
}

/** What a page did that it must not do. */
export interface Watched {
  /** Errors of scripts, and of the content security policy. */
  errors: string[];
  /** Requests to any other host. */
  foreign: string[];
}

/** @throws Error when the dashboard is not built, or older than its sources */
export async function launchChromium(): Promise<Browser> {
  requireDashboard();
  return chromium.launch({ executablePath: path!, args: CHROMIUM_ARGS });
}

/** The same with a folder of settings of its own, in which for example cookies of third parties can be blocked. */
export async function launchStrictChromium(profile: string): Promise<BrowserContext> {
  requireDashboard();
  return chromium.launchPersistentContext(profile, { executablePath: path!, args: CHROMIUM_ARGS });
}

/** A new window, with everything noted that no page may do. */
export async function openPage(
  context: BrowserContext,
  url: string,
): Promise<{ page: Page; watched: Watched }> {
  const page = await context.newPage();
  const watched: Watched = { errors: [], foreign: [] };
  page.on('pageerror', (error) => watched.errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      watched.errors.push(message.text());
  });
  const { host } = new URL(url);
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.host !== host && !['data:', 'blob:'].includes(asked.protocol))
      watched.foreign.push(request.url());
  });
  return { page, watched };
}

/** Windows of somebody who has signed in with the key, without going through the screen. */
export async function signedIn(
  browser: Browser,
  url: string,
  key: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  const answer = await context.request.post(`${url}/api/v1/session`, {
    data: { key },
    headers: { origin: new URL(url).origin },
  });
  if (!answer.ok()) throw new Error(`signing in failed: ${answer.status()} ${await answer.text()}`);
  return context;
}
