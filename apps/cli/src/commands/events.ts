import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { jsonText } from '../arguments.js';
import { Session, type Output } from '../session.service.js';
import { facts, table } from '../table.js';
import { payloadLines } from './deliveries.js';
import { bytesOf } from './file.js';
import { addCall, type Row } from './one-call.js';
import { withPaging, type Paging } from './paging.js';

interface PublishOptions {
  app?: string;
  metadata?: string;
  idempotencyKey?: string;
  deliverAt?: string;
}

interface EventFilters extends Paging {
  app?: string;
  type?: string;
  status?: string;
  from?: string;
  to?: string;
}

interface PublishedEvent {
  id: string;
  appId: string | null;
  type: string;
  status: string;
  deliveryCount: number;
  createdAt: string;
}

interface EventStory extends PublishedEvent {
  payload: string | null;
  deliveries: {
    subscription: string | null;
    id: string;
    status: string;
    attempts: number;
    waitReason: string | null;
    lastError: string | null;
  }[];
  skipped: { subscription: string; reason: string; term: string | null }[];
}

export function addEventCommands(program: Command, output: Output): void {
  const events = program
    .command('events')
    .description('publish events, and see which subscriptions got them');
  events
    .command('publish <type> <json>')
    .description('publish an event with a payload')
    .option('--app <id>', 'whose event it is; an admin’s without it is the platform’s, for all apps')
    .option('--metadata <json>', 'an object for filters; it is not sent')
    .option('--idempotency-key <key>', 'the same key and event within 24 h are one event')
    .option(
      '--deliver-at <time>',
      'when it is delivered, at most 30 days ahead: ISO 8601; at once by default',
    )
    .action(async (type: string, json: string, options: PublishOptions, command: Command) => {
      const { app, metadata, idempotencyKey = randomUUID(), ...rest } = options;
      const members = [
        `"type":${JSON.stringify(type)}`,
        `"payload":${jsonText(json, 'the payload')}`,
        ...(metadata === undefined ? [] : [`"metadata":${jsonText(metadata, '--metadata')}`]),
        ...Object.entries({ appId: app, ...rest }).flatMap(([name, value]) =>
          value === undefined ? [] : [`"${name}":${JSON.stringify(value)}`],
        ),
      ];
      await new Session(output, command).show(
        { method: 'POST', path: ['events'], body: `{${members.join(',')}}`, idempotencyKey },
        facts,
      );
    });
  withPaging(events.command('list'))
    .description('events, newest first')
    .option('--app <id>')
    .option('--type <type>')
    .option('--status <status>', 'scheduled, held, fanning_out, published')
    .option('--from <time>', 'at or after: ISO 8601 with a time zone, such as 2026-11-26T21:00:00Z')
    .option('--to <time>', 'before: ISO 8601 with a time zone')
    .action(async ({ app, ...filters }: EventFilters, command: Command) => {
      await new Session(output, command).list<PublishedEvent>(
        { path: ['events'], query: { appId: app, ...filters } },
        {
          id: 'id',
          app: 'appId',
          type: 'type',
          status: 'status',
          deliveries: 'deliveryCount',
          published: 'createdAt',
        },
      );
    });
  addCall(events, output, {
    usage: 'publish-batch <file>',
    description: 'publish up to 100 events: {"events": [{"type", "payload"}]}',
    call: async ([file = '']) => ({ method: 'POST', path: ['events', 'batch'], body: await bytesOf(file) }),
    lines: ({ events: published }: { events: Row[] }) =>
      table(published, {
        event: 'eventId',
        status: 'status',
        deliveries: 'deliveries',
        warnings: 'warnings',
      }),
  });
  events
    .command('show <id>')
    .description('one event: which subscriptions got it, which did not, and why')
    .action(async (id: string, _options: object, command: Command) => {
      await new Session(output, command).show({ path: ['events', id] }, storyLines);
    });
}

function storyLines({ payload, deliveries, skipped, ...event }: EventStory): string[] {
  return [
    ...facts(event),
    ...payloadLines(payload),
    ...(deliveries.length === 0
      ? []
      : [
          '',
          ...table(deliveries, {
            subscription: 'subscription',
            delivery: 'id',
            status: 'status',
            attempts: 'attempts',
            waits: 'waitReason',
            'last error': 'lastError',
          }),
        ]),
    ...(skipped.length === 0
      ? []
      : ['', ...table(skipped, { skipped: 'subscription', reason: 'reason', term: 'term' })]),
  ];
}
