import type { Command } from 'commander';
import type { Output } from '../session.service.js';
import { facts } from '../table.js';
import { addCall, factsAndTables, type OneCall } from './one-call.js';
import { withPaging } from './paging.js';
import { storyLines } from './deliveries.js';

/** What is counted and measured. */
export function addNumberCommands(program: Command, output: Output): void {
  addCall(program, output, {
    usage: 'overview',
    description: 'how all is in one sentence, and why',
    call: () => ({ path: ['admin', 'overview'] }),
    lines: ({ verdict, tiles }: { verdict: object; tiles: object }) => [
      ...factsAndTables(verdict),
      '',
      ...facts(tiles),
    ],
  });
  addCall(program, output, {
    usage: 'metrics <app> [capability]',
    description: 'calls, answers and durations of an app or a capability; --json has the points over time',
    options: (command) => command.option('--window <window>', '1h, 24h (the default), 7d'),
    call: ([app = '', capability], query) => ({
      path: ['admin', 'webhook-metrics', app, ...(capability === undefined ? [] : [capability])],
      query,
    }),
    lines: ({ totals, series: _, ...about }: { totals: object; series: object[] }) =>
      facts({ ...about, ...totals }),
  });
  const stats = program
    .command('stats')
    .description("numbers that an app's own key may read, too: queue, deliveries, failures");
  for (const one of STATISTICS) addCall(stats, output, one);
}

const APP = '--app <id>';
const queryOf = ({ app, ...query }: Record<string, string | undefined>): OneCallQuery => ({
  appId: app,
  ...query,
});

type OneCallQuery = Record<string, string | undefined>;

const STATISTICS: OneCall[] = [
  {
    usage: 'queue',
    description: 'the state of the deliveries now',
    options: (command) => command.option(APP),
    call: (_, options) => ({ path: ['webhook-metrics', 'queue-health'], query: queryOf(options) }),
  },
  {
    usage: 'deliveries',
    description: 'what became of the deliveries, by type of event',
    options: (command) => command.option(APP).option('--range <range>', '1h, 24h (the default), 7d, 30d'),
    call: (_, options) => ({ path: ['webhook-metrics', 'delivery-stats'], query: queryOf(options) }),
  },
  {
    usage: 'failures',
    description: 'the deliveries that failed last',
    options: (command) => command.option(APP).option('--limit <n>', '20 by default'),
    call: (_, options) => ({ path: ['webhook-metrics', 'recent-failures'], query: queryOf(options) }),
    columns: {
      id: 'id',
      app: 'appId',
      capability: 'capability',
      status: 'status',
      attempts: 'attempts',
      failed: 'failedAt',
      error: 'errorMessage',
    },
  },
  {
    usage: 'dead-letters',
    description: 'unresolved dead letters, newest first',
    options: (command) => withPaging(command.option(APP)),
    call: (_, options) => ({ path: ['webhook-metrics', 'dead-letter-queue'], query: queryOf(options) }),
    columns: {
      id: 'id',
      app: 'appId',
      event: 'eventType',
      reason: 'reason',
      attempts: 'attempts',
      failed: 'failedAt',
      error: 'error',
    },
  },
  {
    usage: 'retry <id>',
    description: 'send a failed delivery again, by its id or its dead letter’s',
    call: ([id = '']) => ({ method: 'POST', path: ['webhook-metrics', 'retry-failed', id] }),
    lines: storyLines,
  },
];
