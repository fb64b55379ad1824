import type { Command } from 'commander';
import { UsageError } from '../failures.js';
import { wholeNumber } from '../arguments.js';
import type { Forwarder } from '../listen/forwarder.service.js';
import { onKeys } from '../listen/keys.service.js';
import { stateLine } from '../listen/lines.js';
import type { ListenConnection } from '../listen/listen-connection.service.js';
import { forwardToProblem } from '../listen/local-url.js';
import { plainText } from '../plain-text.js';
import type { Output } from '../session.service.js';

interface ListenOptions {
  forwardTo: string;
  app?: string;
  source?: string;
  events?: string;
  capabilities?: string;
  calls: boolean;
  since?: string;
  limit?: number;
  url: string;
  key?: string;
  json?: boolean;
}

export function addListenCommand(program: Command, output: Output): void {
  program
    .command('listen')
    .description('get the events of an app, and answer its sync calls, on this machine, until Ctrl-C')
    .requiredOption('--forward-to <url>', 'a server on this machine, for example http://localhost:4000')
    .option('--app <id>', 'the app; with the key of an app it is known')
    .option('--source <name>', 'only what this source captured; no sync calls')
    .option('--events <types>', 'only these, separated by commas, for example order.*,invoice.paid')
    .option('--capabilities <names>', 'answer the calls of only these, separated by commas')
    .option('--no-calls', 'events only: sync calls go to the app’s URL')
    .option('--since <cursor>', 'go on after this cursor, which is told at the end')
    .option('--limit <n>', 'end after so many events', wholeNumber)
    .action(async (_options: object, command: Command) => listen(command, output));
}

async function listen(command: Command, output: Output): Promise<void> {
  const options = command.optsWithGlobals<ListenOptions>();
  const { url, key, app, source, since, forwardTo, json: isJson = false } = options;
  const problem = forwardToProblem(forwardTo);
  if (problem !== null) throw new UsageError(plainText(problem));
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`not an http URL: ${url}`);
  // Loaded only here: sockets would double the time that any other command takes to start.
  const [connections, forwarders] = await Promise.all([
    import('../listen/listen-connection.service.js'),
    import('../listen/forwarder.service.js'),
  ]);
  const end = new AbortController();
  const stop = (): void => end.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let left = options.limit ?? Infinity;
  const { out, err } = output;
  const say = (line: object, text: string): void => (isJson ? out(JSON.stringify(line)) : err(text));
  const forwarder: Forwarder = new forwarders.Forwarder(
    {
      forwardTo,
      wish: { source, events: listOf(options.events) },
      isJson,
      out,
      handled: () => {
        if (--left === 0) stop();
      },
    },
    (asked) => connection.requestsOf(asked),
  );
  const connection: ListenConnection = new connections.ListenConnection(
    {
      url,
      key,
      appId: app,
      calls: options.calls && source === undefined,
      capabilities: listOf(options.capabilities),
      cursor: since,
    },
    {
      item: (item) => forwarder.item(item),
      call: (call) => forwarder.call(call),
      gap: (gap) => say({ gap }, `-- ${plainText(gap.detail)}`),
      state: (state) => say(state, stateLine(state)),
    },
    end.signal,
  );
  const offKeys = onKeys({ forwarder, url, output, stop });
  try {
    await connection.run();
  } finally {
    offKeys();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
  const cursor = forwarder.cursor ?? connection.cursor;
  if (cursor !== undefined) say({ state: 'ended', cursor }, `ended; go on by --since ${cursor}`);
}

function listOf(text: string | undefined): string[] {
  return text === undefined
    ? []
    : text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
}
