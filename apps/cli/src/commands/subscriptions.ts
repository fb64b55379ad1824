import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { Session, type Output } from '../session.service.js';
import { facts, table } from '../table.js';
import { bytesOf } from './file.js';
import { deliveryMembers, RATE, type DeliverySettings } from './delivery-settings.js';

interface Subscription {
  name: string;
  url: string;
  events: string[];
  managedBy: string;
  status: string;
  hold: string | null;
  disabledReason: string | null;
}

interface Settings extends DeliverySettings {
  events?: string[];
  clear?: string[];
  paused?: boolean;
  ownSecret?: boolean;
}

interface RotateOptions {
  overlap?: number;
  secretFile?: string;
}

export function addSubscriptionCommands(program: Command, output: Output): void {
  const subscriptions = program
    .command('subscriptions')
    .description('see, create and change an app’s subscriptions to events');
  const show = async (command: Command, call: Parameters<Session['show']>[0]): Promise<void> =>
    new Session(output, command).show(call, facts);
  subscriptions
    .command('list <app>')
    .description('those that the manifest declares, and those created over the API')
    .action(async (app: string, _options: object, command: Command) => {
      await new Session(output, command).show(
        { path: pathOf(app) },
        ({ items }: { items: Subscription[] }) => (items.length === 0 ? ['none'] : table(items, COLUMNS)),
      );
    });
  subscriptions
    .command('show <app> <name>')
    .description('one subscription and its state')
    .action(async (app: string, name: string, _options: object, command: Command) => {
      await show(command, { path: pathOf(app, name) });
    });
  withSettings(subscriptions.command('create <app> <name>'))
    .description('subscribe to events; its signing secret is shown once')
    .requiredOption(
      '--to <url>',
      'where its events are sent: absolute, or a path that is appended to the app’s base URL',
    )
    .requiredOption('--events <types...>', 'types, and patterns such as order.*')
    .option('--paused', 'its deliveries wait until it is resumed')
    .option('--no-own-secret', 'the app’s secret signs its deliveries')
    .action(async (app: string, name: string, settings: Settings, command: Command) => {
      const { paused, ownSecret } = settings;
      const body = { name, ...membersOf(settings), paused, ownSecret };
      await show(command, { method: 'POST', path: pathOf(app), body });
    });
  withSettings(subscriptions.command('update <app> <name>'))
    .description('change a subscription that was created over the API; what is left out does not change')
    .option(
      '--to <url>',
      'where its events are sent: absolute, or a path that is appended to the app’s base URL',
    )
    .option('--events <types...>', 'types, and patterns such as order.*')
    .option(
      '--clear <members...>',
      'back to the default: filter, description, retry, rate, concurrency, headers, ordered, timeout, signatures',
    )
    .action(async (app: string, name: string, settings: Settings, command: Command) => {
      const cleared = (settings.clear ?? []).map((member) => [member === 'rate' ? RATE : member, null]);
      const body = { ...membersOf(settings), ...(Object.fromEntries(cleared) as object) };
      await show(command, { method: 'PATCH', path: pathOf(app, name), body });
    });
  subscriptions
    .command('delete <app> <name>')
    .description(
      'delete a subscription that was created over the API; what waits for it becomes a dead letter',
    )
    .action(async (app: string, name: string, _options: object, command: Command) => {
      await new Session(output, command).show({ method: 'DELETE', path: pathOf(app, name) }, () => [
        'deleted',
      ]);
    });
  subscriptions
    .command('pause <app> <name>')
    .description('keep its deliveries waiting; they do not age')
    .option('--reason <text>', 'why, for anyone who sees it')
    .action(async (app: string, name: string, { reason }: { reason?: string }, command: Command) => {
      await show(command, { method: 'POST', path: [...pathOf(app, name), 'pause'], body: { reason } });
    });
  subscriptions
    .command('disable <app> <name>')
    .description('stop its calls; it gets no event that is published meanwhile')
    .requiredOption('--reason <text>', 'why, for anyone who sees it')
    .action(async (app: string, name: string, { reason }: { reason: string }, command: Command) => {
      await show(command, { method: 'POST', path: [...pathOf(app, name), 'disable'], body: { reason } });
    });
  for (const [action, description] of [
    ['resume', 'resume a paused subscription; what waits is sent'],
    ['enable', 'enable what a person, a 410 or days of failures disabled; what waits is sent'],
  ] as const) {
    subscriptions
      .command(`${action} <app> <name>`)
      .description(description)
      .action(async (app: string, name: string, _options: object, command: Command) => {
        await show(command, { method: 'POST', path: [...pathOf(app, name), action] });
      });
  }
  subscriptions
    .command('rotate-secret <app> <name>')
    .description('create a new signing secret of its own; it is shown once')
    .option(
      '--overlap <ms>',
      'how long the old one signs beside it; 24 h (86400000) by default, 0: not at all',
      wholeNumber,
    )
    .option('--secret-file <file>', 'a secret of your own instead: whsec_ and 24 to 64 bytes in base64')
    .action(async (app: string, name: string, { overlap, secretFile }: RotateOptions, command: Command) => {
      const signingSecret =
        secretFile === undefined ? undefined : (await bytesOf(secretFile)).toString().trim();
      const body = { overlapMs: overlap, signingSecret };
      await show(command, { method: 'POST', path: [...pathOf(app, name), 'signing-secret', 'rotate'], body });
    });
}

const COLUMNS = {
  name: 'name',
  events: ({ events }: Subscription) => events.join(' '),
  url: 'url',
  from: 'managedBy',
  status: 'status',
  hold: 'hold',
  'disabled because': 'disabledReason',
} as const;

function withSettings(command: Command): Command {
  return command
    .option('--filter <json>', 'only events that match it')
    .option('--description <text>', 'what it is for')
    .option('--retry <profile>', 'standard, forward, endpoint (the default), patient, or an object as JSON')
    .option('--rate <n>', 'most starts per second, 1 to 10000; no limit by default', wholeNumber)
    .option('--concurrency <n>', 'most deliveries at once, 1 to 1000; 10 by default', wholeNumber)
    .option('--headers <json>', 'an object of headers sent with each call; kept encrypted')
    .option('--ordered', 'one delivery at a time, in the order of the events')
    .option('--timeout <ms>', 'deadline of one attempt, 1000 to 60000', wholeNumber)
    .option('--signatures <names...>', 'v1, or v1 and v1a; those of the app by default');
}

function membersOf({ events, ...settings }: Settings): object {
  return { events, ...deliveryMembers(settings) };
}

function pathOf(app: string, ...name: string[]): string[] {
  return ['apps', app, 'subscriptions', ...name];
}
