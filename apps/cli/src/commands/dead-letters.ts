import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { UsageError } from '../failures.js';
import { Session, type Output } from '../session.service.js';
import { facts } from '../table.js';
import { payloadLines, resendBody, storyLines, type DeliveryStory, type Resend } from './deliveries.js';
import { withPaging, type Paging } from './paging.js';

interface DeadLetter {
  id: string;
  appId: string;
  capability: string;
  category: string;
  reason: string;
  attempts: number;
  failedAt: string;
  error: string | null;
}

interface DeadLetterStory extends DeadLetter {
  payload?: string | null;
  delivery: DeliveryStory | null;
}

export interface DeadLetterFilters {
  app?: string;
  capability?: string;
  reason?: string;
  category?: string;
  state?: string;
  eventType?: string;
  errorClass?: string;
  minAge?: number;
  maxAge?: number;
}

const NOTHING_NAMED =
  'retry-all without a filter would send every unresolved dead letter again: name a filter such as --app, count them with --dry-run, or say --all';

export function addDeadLetterCommands(program: Command, output: Output): void {
  const dlq = program.command('dlq').description('handle dead letters');
  withFilters(withPaging(dlq.command('list')))
    .description('list dead letters, unresolved ones by default')
    .action(async ({ limit, cursor, ...filters }: DeadLetterFilters & Paging, command: Command) => {
      await new Session(output, command).list<DeadLetter>(
        { path: ['admin', 'dlq'], query: { ...filterOf(filters), limit, cursor } },
        {
          id: 'id',
          app: 'appId',
          capability: 'capability',
          reason: 'reason',
          category: 'category',
          attempts: 'attempts',
          failed: 'failedAt',
          error: 'error',
        },
      );
    });
  dlq
    .command('show <id>')
    .description('one dead letter with its payload and every attempt')
    .action(async (id: string, _options: object, command: Command) => {
      await new Session(output, command).show({ path: ['admin', 'dlq', id] }, letterLines);
    });
  dlq
    .command('retry <id>')
    .description('send one again, under the same webhook-id')
    .option('--payload <json>', 'another payload: a new delivery')
    .option('--dry-run', 'only check whether it can be sent')
    .action(async (id: string, options: Resend, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: ['admin', 'dlq', id, 'retry'], ...resendBody(options) },
        letterLines,
      );
    });
  withFilters(dlq.command('retry-all'))
    .description('send all that match again')
    .option('--dry-run', 'only count them')
    .option('--all', 'without a filter: every unresolved one')
    .action(
      async (
        { dryRun = false, all = false, ...filters }: DeadLetterFilters & { dryRun?: boolean; all?: boolean },
        command: Command,
      ) => {
        const isFiltered = Object.values(filters).some((value) => value !== undefined);
        if (!isFiltered && !all && !dryRun) throw new UsageError(NOTHING_NAMED);
        await new Session(output, command).show(
          { method: 'POST', path: ['admin', 'dlq', 'retry'], body: { filter: filterOf(filters), dryRun } },
          ({ count }: { count: number }) => [dryRun ? `${count} would be retried` : `${count} retried`],
        );
      },
    );
  dlq
    .command('resolve <id>')
    .description('mark one as resolved')
    .option('--notes <text>', 'what was done about it')
    .action(async (id: string, { notes }: { notes?: string }, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: ['admin', 'dlq', id, 'resolve'], body: { notes } },
        facts,
      );
    });
}

export function withFilters(command: Command): Command {
  return command
    .option('--app <id>')
    .option('--capability <name>')
    .option('--reason <reason>', 'exhausted, non_retryable, circuit_open, poison, endpoint_disabled')
    .option('--category <category>', 'RETRYABLE, RATE_LIMIT, NON_RETRYABLE, VALIDATION')
    .option('--event-type <type>')
    .option('--error-class <class>', 'network, rate_limit, server_error, client_error, signature, validation')
    .option('--min-age <ms>', 'failed at least so long ago', wholeNumber)
    .option('--max-age <ms>', 'failed at most so long ago', wholeNumber)
    .option('--state <state>', 'unresolved, requeued, resolved, all');
}

export function filterOf({
  app,
  capability,
  reason,
  category,
  state,
  eventType,
  errorClass,
  minAge,
  maxAge,
}: DeadLetterFilters): Record<string, string | number | undefined> {
  return {
    appId: app,
    capability,
    reason,
    category,
    state,
    eventType,
    errorClass,
    minAgeMs: minAge,
    maxAgeMs: maxAge,
  };
}

function letterLines({ delivery, payload, ...letter }: DeadLetterStory): string[] {
  return [
    ...facts(letter),
    ...payloadLines(payload),
    ...(delivery ? ['', 'delivery', ...storyLines(delivery)] : []),
  ];
}
