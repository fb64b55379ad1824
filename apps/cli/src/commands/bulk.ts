import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { Session, type Output } from '../session.service.js';
import { facts, table } from '../table.js';
import { withPaging, type Paging } from './paging.js';

export interface BulkOperation {
  id: string;
  kind: string;
  status: string;
  planned: number;
  done: number;
  succeeded: number;
  skipped: number;
  failed: number;
  createdBy: string;
  createdAt: string;
}

export interface BulkItem {
  number: number;
  subjectId: string;
  endpointId: string;
  result: string | null;
  reason: string | null;
  deliveryId: string | null;
}

interface BulkStory extends BulkOperation {
  sample: BulkItem[];
  endpoints: {
    appId: string;
    capability: string;
    subscription: string | null;
    items: number;
    breaker: string;
    hold: string | null;
  }[];
}

interface PlanOptions {
  app?: string;
  subscription?: string;
  capability?: string;
  type?: string[];
  category?: string;
  reason?: string;
  from?: string;
  to?: string;
  result?: string;
  toUrl?: string;
  perSecond?: number;
  notes?: string;
}

const ITEM_COLUMNS = {
  number: 'number',
  subject: 'subjectId',
  endpoint: 'endpointId',
  result: ({ result }: BulkItem) => result ?? 'waiting',
  delivery: 'deliveryId',
  reason: 'reason',
} as const;

const OPERATIONS = ['bulk-operations'];

export function addBulkCommands(program: Command, output: Output): void {
  const bulk = program
    .command('bulk')
    .description('replay, redeliver, resolve or cancel many: plan, run, watch, cancel');
  addPlan(bulk, output);
  for (const [name, description] of [
    ['run', 'run a planned operation'],
    ['cancel', 'cancel an operation; what was done is not undone'],
  ] as const)
    bulk
      .command(`${name} <id>`)
      .description(description)
      .action(async (id: string, _options: object, command: Command) => {
        await new Session(output, command).show(
          { method: 'POST', path: [...OPERATIONS, id, name] },
          storyLines,
        );
      });
  bulk
    .command('show <id>')
    .description('one operation: its plan and its progress')
    .action(async (id: string, _options: object, command: Command) => {
      await new Session(output, command).show({ path: [...OPERATIONS, id] }, storyLines);
    });
  withPaging(bulk.command('list'))
    .description('list operations, newest first')
    .option('--kind <kind>', 'replay, redeliver, resolve, cancel')
    .option('--status <status>', 'planning, planned, running, completed, cancelled, refused')
    .action(async (query: Paging & { kind?: string; status?: string }, command: Command) => {
      await new Session(output, command).list<BulkOperation>(
        { path: OPERATIONS, query: { ...query } },
        {
          id: 'id',
          kind: 'kind',
          status: 'status',
          planned: 'planned',
          done: 'done',
          failed: 'failed',
          by: 'createdBy',
          created: 'createdAt',
        },
      );
    });
  withPaging(bulk.command('items <id>'))
    .description('the items of an operation, each with its result')
    .option('--result <result>', 'succeeded, skipped, failed, waiting')
    .action(async (id: string, query: Paging & { result?: string }, command: Command) => {
      await new Session(output, command).list<BulkItem>(
        { path: [...OPERATIONS, id, 'items'], query: { ...query } },
        ITEM_COLUMNS,
      );
    });
}

function addPlan(bulk: Command, output: Output): void {
  bulk
    .command('plan <kind>')
    .description('plan replay, redeliver, resolve or cancel; nothing is changed before `bulk run`')
    .option('--app <id>')
    .option('--subscription <name>', 'its name with --app, or its id')
    .option('--capability <name>')
    .option('--type <types...>', 'event types and patterns such as order.*')
    .option('--category <category>', 'of dead letters')
    .option('--reason <reason>', 'of dead letters')
    .option('--from <time>', 'ISO 8601 with a time zone; required for a replay')
    .option('--to <time>', 'ISO 8601 with a time zone; required for a replay')
    .option('--result <result>', 'of a replay: all, failed, missing')
    .option('--to-url <url>', 'of a replay: another URL in place of those of the subscriptions')
    .option('--per-second <n>', 'items per second, 1 to 10000; 100 by default', wholeNumber)
    .option('--notes <text>', 'of a resolution: what was done')
    .action(async (kind: string, options: PlanOptions, command: Command) => {
      const { app, type, toUrl, perSecond, notes, ...rest } = options;
      const filter = { appId: app, types: type, ...rest };
      await new Session(output, command).show(
        {
          method: 'POST',
          path: OPERATIONS,
          body: { kind, filter, url: toUrl, perSecond, notes },
          idempotencyKey: randomUUID(),
        },
        storyLines,
      );
    });
}

function storyLines({ sample, endpoints, ...operation }: BulkStory): string[] {
  return [
    ...facts(operation),
    ...(endpoints.length === 0
      ? []
      : [
          '',
          ...table(endpoints, {
            app: 'appId',
            endpoint: ({ subscription, capability }) => subscription ?? capability,
            items: 'items',
            breaker: 'breaker',
            hold: 'hold',
          }),
        ]),
    ...(sample.length === 0 ? [] : ['', ...table(sample, ITEM_COLUMNS)]),
  ];
}

/** The lines of a replay of one event. */
export function replayLines({ operation, items }: { operation: BulkOperation; items: BulkItem[] }): string[] {
  return [...facts(operation), ...(items.length === 0 ? [] : ['', ...table(items, ITEM_COLUMNS)])];
}
