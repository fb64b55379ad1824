import type { Command } from 'commander';
import { UsageError } from '../failures.js';
import { wholeNumber } from '../arguments.js';
import { feedLine, type FeedItem } from '../feed-line.js';
import type { Gap } from '../feed-stream.service.js';
import { plainText } from '../plain-text.js';
import type { Output } from '../session.service.js';

const STATUSES = ['received', 'forwarded', 'failed', 'retrying', 'dlq'];

interface FeedOptions {
  app?: string;
  since?: string;
  limit?: number;
  status?: string;
  url: string;
  key?: string;
  json?: boolean;
}

export function addFeedCommand(program: Command, output: Output): void {
  withOptions(program.command('feed'))
    .description('what happens, live: events and calls received, forwarded, retried, failed, until Ctrl-C')
    .option('--since <cursor>', 'go on after the item with this cursor; --json shows the cursors')
    .action(async (_options: object, command: Command) => follow(command, output, () => true));
}

export function addTailCommand(deliveries: Command, output: Output): void {
  withOptions(deliveries.command('tail'))
    .description('deliveries, live, until Ctrl-C')
    .option('--status <statuses>', `only these, separated by commas: ${STATUSES.join(', ')}`)
    .action(async (_options: object, command: Command) => {
      const statuses = statusesOf(command.opts<FeedOptions>().status);
      await follow(
        command,
        output,
        ({ deliveryId, status }) => deliveryId !== undefined && statuses.includes(status),
      );
    });
}

function withOptions(command: Command): Command {
  return command
    .option('--app <id>', 'only this app; needed with the key of an app')
    .option('--limit <n>', 'end after so many', wholeNumber);
}

function statusesOf(text: string | undefined): string[] {
  const statuses = text === undefined ? STATUSES : text.split(',').map((status) => status.trim());
  const unknown = statuses.find((status) => !STATUSES.includes(status));
  if (unknown !== undefined)
    throw new UsageError(`--status takes ${STATUSES.join(', ')}, not "${plainText(unknown)}"`);
  return statuses;
}

async function follow(command: Command, output: Output, isShown: (item: FeedItem) => boolean): Promise<void> {
  const { url, key, app, since, limit, json } = command.optsWithGlobals<FeedOptions>();
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`not an http URL: ${url}`);
  if (limit === 0) return;
  // Loaded only here: sockets would double the time that any other command takes to start.
  const { followFeed } = await import('../feed-stream.service.js');
  const end = new AbortController();
  const stop = (): void => end.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let left = limit ?? Infinity;
  const reader = {
    item: (item: FeedItem): void => {
      if (!isShown(item)) return;
      output.out(json ? JSON.stringify(item) : feedLine(item));
      if (--left === 0) stop();
    },
    gap: (gap: Gap): void => output.out(json ? JSON.stringify({ gap }) : `-- ${plainText(gap.detail)}`),
    note: output.err,
  };
  try {
    await followFeed({ url, key, appId: app, cursor: since }, reader, end.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
