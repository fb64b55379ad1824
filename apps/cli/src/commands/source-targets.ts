import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { Session, type Output } from '../session.service.js';
import { plainText } from '../plain-text.js';
import { facts, table } from '../table.js';
import { deliveryMembers, type DeliverySettings } from './delivery-settings.js';
import { withPaging, type Paging } from './paging.js';
import { sourceLines } from './source-lines.js';

interface CaptureFilters extends Paging {
  result?: string;
  from?: string;
  to?: string;
}

interface Capture {
  id: string;
  receivedAt: string;
  method: string;
  path: string;
  result: string;
  reason: string | null;
  detail: string | null;
  eventId: string | null;
}

interface CaptureStory extends Capture {
  headers: { name: string; value: string }[] | null;
  bodyText: string | null;
  bodyBase64: string | null;
  duplicates: { id: string; receivedAt: string }[];
}

interface Preset {
  name: string;
  title: string;
  secretHint: string;
  options: { name: string }[];
}

/** Targets of sources, the requests that came, and the presets. */
export function addSourceTargetCommands(sources: Command, output: Output): void {
  withTargetSettings(sources.command('put-target <app> <source> <target>'))
    .description('create a target, or replace it; what is left out gets its default')
    .requiredOption(
      '--to <url>',
      'where accepted requests are sent: absolute, or a path behind the app’s base URL',
    )
    .option('--description <text>', 'what it is for')
    .action(
      async (app: string, source: string, target: string, settings: DeliverySettings, command: Command) => {
        await new Session(output, command).show(
          {
            method: 'PUT',
            path: ['apps', app, 'sources', source, 'targets', target],
            body: deliveryMembers(settings),
          },
          sourceLines,
        );
      },
    );
  sources
    .command('delete-target <app> <source> <target>')
    .description('delete a target; what waits for it becomes a dead letter')
    .action(async (app: string, source: string, target: string, _options: object, command: Command) => {
      await new Session(output, command).show(
        { method: 'DELETE', path: ['apps', app, 'sources', source, 'targets', target] },
        () => ['deleted'],
      );
    });
  withPaging(sources.command('captures <app> <source> [id]'))
    .description('the requests that came, newest first; or one of them as it came')
    .option('--result <result>', 'accepted, duplicate, rejected, handshake')
    .option('--from <time>', 'at or after: ISO 8601 with a time zone, such as 2026-11-26T21:00:00Z')
    .option('--to <time>', 'before: ISO 8601 with a time zone')
    .action(
      async (
        app: string,
        source: string,
        id: string | undefined,
        filters: CaptureFilters,
        command: Command,
      ) => {
        const path = ['apps', app, 'sources', source, 'captures'];
        if (id !== undefined) return new Session(output, command).show({ path: [...path, id] }, captureLines);
        return new Session(output, command).list<Capture>(
          { path, query: { ...filters } },
          {
            id: 'id',
            received: 'receivedAt',
            method: 'method',
            path: 'path',
            result: 'result',
            'refused because': 'detail',
            event: 'eventId',
          },
        );
      },
    );
  sources
    .command('presets')
    .description('the providers whose requests can be verified')
    .action(async (_options: object, command: Command) => {
      await new Session(output, command).show(
        { path: ['source-presets'] },
        ({ items }: { items: Preset[] }) =>
          table(items, {
            preset: 'name',
            provider: 'title',
            secret: 'secretHint',
            options: ({ options }) => options.map(({ name }) => name).join(' '),
          }),
      );
    });
}

export function withTargetSettings(command: Command): Command {
  return command
    .option('--filter <json>', 'only requests that match it are sent')
    .option('--retry <profile>', 'forward (the default), standard, endpoint, patient, or an object as JSON')
    .option('--rate <n>', 'most starts per second, 1 to 10000; no limit by default', wholeNumber)
    .option('--concurrency <n>', 'most deliveries at once, 1 to 1000; 10 by default', wholeNumber)
    .option('--headers <json>', 'an object of headers sent with each call; kept encrypted')
    .option('--ordered', 'one delivery at a time, in the order of the requests')
    .option('--timeout <ms>', 'deadline of one attempt, 1000 to 60000', wholeNumber)
    .option('--signatures <names...>', 'v1, or v1 and v1a; those of the app by default');
}

function captureLines({ headers, bodyText, bodyBase64, duplicates, ...capture }: CaptureStory): string[] {
  return [
    ...facts(capture),
    ...(headers === null ? [] : ['', ...headers.map(({ name, value }) => plainText(`${name}: ${value}`))]),
    ...(bodyBase64 === null || bodyBase64 === '' ? [] : ['', ...bodyLines(bodyText, bodyBase64)]),
    ...(duplicates.length === 0
      ? []
      : ['', ...table(duplicates, { 'repeated by': 'id', received: 'receivedAt' })]),
  ];
}

function bodyLines(text: string | null, base64: string): string[] {
  return text === null ? [`base64: ${plainText(base64)}`] : text.split('\n').map(plainText);
}
