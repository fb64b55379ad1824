import { spawn } from 'node:child_process';
import type { Output } from '../session.service.js';
import type { Forwarder } from './forwarder.service.js';

const CTRL_C = '\u0003';
const HELP =
  'keys: r sends the last one again, d shows its details, o opens it in the dashboard, Ctrl-C ends';

/** By platform. */
const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' };

interface Keys {
  forwarder: Forwarder;
  /** Of the API. */
  url: string;
  output: Output;
  stop: () => void;
}

/** Keys, on a terminal only. @returns what ends it */
export function onKeys(keys: Keys, input: NodeJS.ReadStream = process.stdin): () => void {
  if (!input.isTTY) return () => undefined;
  const onData = (data: Buffer): void => press(data.toString(), keys);
  input.setRawMode(true).resume().on('data', onData);
  keys.output.err(HELP);
  return () => void input.off('data', onData).setRawMode(false).pause();
}

/** What a key does. */
export function press(key: string, { forwarder, url, output, stop }: Keys): void {
  if (key === CTRL_C || key === 'q') return stop();
  if (key === 'r') return void forwarder.again();
  if (key === 'd') return forwarder.details().forEach((line) => output.out(line));
  if (key !== 'o') return;
  const id = forwarder.lastDeliveryId;
  const page = `${url.replace(/\/+$/, '')}/deliveries${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;
  output.err(page);
  openPage(page);
}

/** In the browser, where there is one. The URL is printed as well. */
function openPage(page: string): void {
  const command = OPENERS[process.platform] ?? 'xdg-open';
  spawn(command, [page], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
