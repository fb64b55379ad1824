import type { Command } from 'commander';
import { jsonOf } from '../arguments.js';
import { Session, type Output } from '../session.service.js';
import { facts, table } from '../table.js';

interface Sampled {
  count: number;
  samples: { id: string; type: string; createdAt: string }[];
}

interface FilterReport {
  tested: number;
  since: string;
  cut: boolean;
  taken: Sampled;
  newlyTaken: Sampled;
  noLongerTaken: Sampled;
}

interface Draft {
  events?: string[];
  filter?: string | boolean;
}

/** Adds to the commands of `subscriptions`, which addSubscriptionCommands added before. */
export function addSubscriptionTestCommands(program: Command, output: Output): void {
  const subscriptions = program.commands.find((command) => command.name() === 'subscriptions')!;
  subscriptions
    .command('test-filter <app> <name>')
    .description('what other types or another filter would take of the last 24 hours; nothing changes')
    .option('--events <types...>', 'types and patterns, for example order.*; by default as they are')
    .option('--filter <json>', 'a filter; by default as it is')
    .option('--no-filter', 'without a filter')
    .action(async (app: string, name: string, { events, filter }: Draft, command: Command) => {
      await new Session(output, command).show(
        {
          method: 'POST',
          path: [...pathOf(app, name), 'filter', 'test'],
          body: { events, filter: filterOf(filter) },
        },
        reportLines,
      );
    });
  subscriptions
    .command('ping <app> <name>')
    .description('call its URL with a test event, and print what the receiver did')
    .action(async (app: string, name: string, _options: object, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: [...pathOf(app, name), 'ping'] },
        facts,
      );
    });
}

function pathOf(app: string, name: string): string[] {
  return ['apps', app, 'subscriptions', name];
}

/** Undefined: as it is; null: none. With `--no-filter`, commander sets true if neither option is given. */
function filterOf(filter: string | boolean | undefined): unknown {
  if (filter === false) return null;
  return typeof filter === 'string' ? jsonOf(filter, '--filter') : undefined;
}

function reportLines({ tested, since, cut, taken, newlyTaken, noLongerTaken }: FilterReport): string[] {
  return [
    `${tested} events since ${since}${cut ? '; older ones were not tested' : ''}`,
    ...sampleLines('taken', taken),
    ...sampleLines('newly taken', newlyTaken),
    ...sampleLines('no longer taken', noLongerTaken),
  ];
}

function sampleLines(title: string, { count, samples }: Sampled): string[] {
  if (count === 0) return [`${title}: 0`];
  const rows = table(samples, { id: 'id', type: 'type', published: 'createdAt' });
  return [`${title}: ${count}${count > samples.length ? `, the newest ${samples.length}` : ''}`, ...rows];
}
