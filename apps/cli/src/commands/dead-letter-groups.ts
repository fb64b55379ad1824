import type { Command } from 'commander';
import { UsageError } from '../failures.js';
import type { Output } from '../session.service.js';
import { filterOf, withFilters } from './dead-letters.js';
import { addCall, type OneCall } from './one-call.js';
import { withPaging } from './paging.js';

const LETTERS = ['admin', 'dlq'];
const NOTHING_NAMED =
  'resolve-all without a filter would resolve every unresolved dead letter: name a filter such as --app, count them with --dry-run, or say --all';

/** Adds to `dlq`, which addDeadLetterCommands added before. */
export function addDeadLetterGroupCommands(program: Command, output: Output): void {
  const dlq = program.commands.find((command) => command.name() === 'dlq')!;
  for (const one of CALLS) addCall(dlq, output, one);
  const failed = program
    .command('failed')
    .description("what failed for good, also for an app's own key: list it, send it again");
  addCall(failed, output, {
    usage: 'list',
    description: 'newest first',
    options: (command) => withPaging(command.option('--app <id>')),
    call: (_, { app, ...query }) => ({ path: ['webhooks', 'failed'], query: { appId: app, ...query } }),
    columns: {
      id: 'id',
      app: 'appId',
      event: 'eventType',
      attempts: 'attempts',
      failed: 'failedAt',
      error: 'error',
    },
  });
  addCall(failed, output, {
    usage: 'retry <id>',
    description:
      'send it again, by the id of a delivery or a dead letter; by that of an event, all that failed',
    call: ([id = '']) => ({ method: 'POST', path: ['webhooks', id, 'retry'] }),
  });
}

const CALLS: OneCall[] = [
  {
    usage: 'groups',
    description: 'dead letters by app, capability and class of error, with their number',
    options: (command) => withFilters(withPaging(command)),
    call: (_, { limit, cursor, ...filters }) => ({
      path: [...LETTERS, 'groups'],
      query: { ...filterOf(filters), limit, cursor },
    }),
    columns: {
      app: 'appId',
      capability: 'capability',
      error: 'errorClass',
      count: 'count',
      first: 'firstFailedAt',
      last: 'lastFailedAt',
    },
  },
  {
    usage: 'stats',
    description: 'how many there are, by category, reason, app, capability, type and age',
    call: () => ({ path: [...LETTERS, 'stats'] }),
  },
  {
    usage: 'note <id> [text]',
    description: 'leave a note for other people; without a text it is removed',
    call: ([id = '', text]) => ({
      method: 'PUT',
      path: [...LETTERS, id, 'note'],
      body: { note: text ?? null },
    }),
  },
  {
    usage: 'delete <id>',
    description: 'delete one',
    call: ([id = '']) => ({ method: 'DELETE', path: [...LETTERS, id] }),
    lines: () => ['deleted'],
  },
  {
    usage: 'resolve-all',
    description: 'mark all that match as resolved',
    options: (command) =>
      withFilters(command)
        .option('--notes <text>', 'what was done about them')
        .option('--dry-run', 'only count them')
        .option('--all', 'without a filter: every unresolved one'),
    call: (_, { notes, dryRun, all, ...filters }) => {
      const isFiltered = Object.values(filters).some((value) => value !== undefined);
      if (!isFiltered && !all && !dryRun) throw new UsageError(NOTHING_NAMED);
      const body = { filter: filterOf(filters), dryRun: Boolean(dryRun), notes };
      return { method: 'POST', path: [...LETTERS, 'resolve'], body };
    },
    lines: ({ count, dryRun }: { count: number; dryRun: boolean }) => [
      dryRun ? `${count} would be resolved` : `${count} resolved`,
    ],
  },
];
