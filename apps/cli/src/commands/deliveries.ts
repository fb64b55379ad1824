import type { Command } from 'commander';
import { jsonText } from '../arguments.js';
import { Session, type Output } from '../session.service.js';
import { plainText } from '../plain-text.js';
import { facts, table } from '../table.js';
import { addTailCommand } from './feed.js';
import { addCall } from './one-call.js';
import { withPaging, type Paging } from './paging.js';

interface Delivery {
  id: string;
  appId: string;
  capability: string;
  mode: string;
  status: string;
  attempts: number;
  lastOutcome: string | null;
  createdAt: string;
}

interface Attempt {
  number: number;
  startedAt: string;
  /** Null when its end is unknown. */
  durationMs: number | null;
  outcome: string;
  httpStatus: number | null;
  error: string | null;
  next: string;
  requestHeaders?: Record<string, string> | null;
  /** Its first 10 KiB. */
  responseBody?: string | null;
  truncated?: boolean;
}

export interface DeliveryStory extends Delivery {
  payload?: string | null;
  history: Attempt[];
  timeline: unknown[];
}

interface DeliveryFilters extends Paging {
  app?: string;
  capability?: string;
  status?: string;
  errorClass?: string;
  requestId?: string;
  mode?: string;
  kind?: string;
  idempotencyKey?: string;
  endpointId?: string;
  from?: string;
  to?: string;
}

interface CancelOptions {
  app?: string;
  capability?: string;
  eventType?: string;
  dryRun?: boolean;
}

export function addDeliveryCommands(program: Command, output: Output): void {
  const deliveries = program
    .command('deliveries')
    .description('see deliveries, send them again, cancel them');
  withPaging(deliveries.command('list'))
    .description('deliveries, newest first')
    .option('--app <id>')
    .option('--capability <name>')
    .option('--status <status>', 'pending, completed, fallback, failed, dead_letter, cancelled')
    .option('--endpoint-id <id>')
    .option('--error-class <class>')
    .option('--request-id <id>')
    .option('--mode <mode>', 'sync, async')
    .option('--kind <kind>', 'invocation, event')
    .option('--idempotency-key <key>', 'as the caller sent it')
    .option('--from <time>', 'at or after: ISO 8601 with a time zone, such as 2026-11-26T21:00:00Z')
    .option('--to <time>', 'before: ISO 8601 with a time zone')
    .action(async ({ app, ...filters }: DeliveryFilters, command: Command) => {
      await new Session(output, command).list<Delivery>(
        { path: ['deliveries'], query: { appId: app, ...filters } },
        {
          id: 'id',
          app: 'appId',
          capability: 'capability',
          mode: 'mode',
          status: 'status',
          attempts: 'attempts',
          last: 'lastOutcome',
          created: 'createdAt',
        },
      );
    });
  addTailCommand(deliveries, output);
  deliveries
    .command('show <id>')
    .description('one delivery with its payload, its attempts and the app’s answers')
    .action(async (id: string, _options: object, command: Command) => {
      await new Session(output, command).show({ path: ['deliveries', id] }, storyLines);
    });
  deliveries
    .command('cancel-all')
    .description('cancel all waiting deliveries that match')
    .option('--app <id>')
    .option('--capability <name>')
    .option('--event-type <type>')
    .option('--dry-run', 'only count them')
    .action(async ({ app, dryRun = false, ...filters }: CancelOptions, command: Command) => {
      const filter = { appId: app, ...filters };
      await new Session(output, command).show(
        { method: 'POST', path: ['deliveries', 'cancel'], body: { filter, dryRun } },
        ({ count }: { count: number }) => [dryRun ? `${count} would be cancelled` : `${count} cancelled`],
      );
    });
  deliveries
    .command('redeliver <id>')
    .description('send a finished delivery again, under the same webhook-id')
    .option('--payload <json>', 'another payload: a new delivery')
    .option('--dry-run', 'only check whether it can be sent')
    .action(async (id: string, options: Resend, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: ['deliveries', id, 'redeliver'], ...resendBody(options) },
        storyLines,
      );
    });
  addCall(deliveries, output, {
    usage: 'cancel <id>',
    description: 'cancel a waiting delivery',
    call: ([id = '']) => ({ method: 'POST', path: ['deliveries', id, 'cancel'] }),
    lines: storyLines,
  });
  addCall(deliveries, output, {
    usage: 'queue',
    description: 'how many wait, run and are delayed now',
    call: () => ({ path: ['admin', 'queue', 'statistics'] }),
  });
}

/** Another payload, or only a check. */
export interface Resend {
  payload?: string;
  dryRun?: boolean;
}

/** The body of a request that sends something again; none when it is sent as it was. */
export function resendBody({ payload, dryRun }: Resend): { body?: string } {
  const members = [
    ...(payload === undefined ? [] : [`"payload":${jsonText(payload, '--payload')}`]),
    ...(dryRun ? ['"dryRun":true'] : []),
  ];
  return members.length === 0 ? {} : { body: `{${members.join(',')}}` };
}

export function storyLines({ history, timeline: _, payload, ...delivery }: DeliveryStory): string[] {
  const lines = [...facts(delivery), ...payloadLines(payload)];
  if (history.length === 0) return lines;
  const attempts = table(history, {
    '#': 'number',
    started: 'startedAt',
    ms: 'durationMs',
    outcome: 'outcome',
    status: 'httpStatus',
    next: 'next',
    error: 'error',
  });
  return [...lines, '', ...attempts, ...history.flatMap(exchangeLines)];
}

export function payloadLines(payload: string | null | undefined): string[] {
  return typeof payload === 'string' ? ['', 'payload', plainText(payload)] : [];
}

/** The headers that were sent in an attempt, and the app's answer. */
function exchangeLines({ number, requestHeaders, responseBody, truncated }: Attempt): string[] {
  return [
    ...(requestHeaders ? ['', `headers of attempt ${number}`, ...facts(requestHeaders)] : []),
    ...(responseBody
      ? ['', `answer to attempt ${number}${truncated ? ', its beginning' : ''}`, plainText(responseBody)]
      : []),
  ];
}
