import type { Command } from 'commander';
import { UsageError } from '../failures.js';
import { jsonOf, wholeNumber } from '../arguments.js';
import { plainText } from '../plain-text.js';
import { Session, type Output } from '../session.service.js';
import { sourceLines, type Source } from './source-lines.js';
import { bytesOf } from './file.js';
import { deliveryMembers, type DeliverySettings } from './delivery-settings.js';
import { withTargetSettings } from './source-targets.js';

interface SourceRow extends Source {
  pausedAt: string | null;
}

interface Settings {
  preset?: string;
  scheme?: string;
  tolerance?: number;
  option?: string[];
  secretFile?: string;
  answer?: string;
  dedupeId?: string;
  description?: string;
}

interface CreateOptions extends Settings, DeliverySettings {
  generateSecret?: boolean;
  target?: string;
  paused?: boolean;
}

interface UpdateOptions extends Settings {
  clear?: string[];
}

/** Addresses that receive requests of providers. */
export function addSourceCommands(program: Command, output: Output): Command {
  const sources = program
    .command('sources')
    .description('addresses that receive requests of providers: create, change, and see what came');
  sources
    .command('list <app>')
    .description('an app’s sources')
    .action(async (app: string, _options: object, command: Command) => {
      await new Session(output, command).list<SourceRow>(
        { path: pathOf(app) },
        {
          name: 'name',
          verifies: ({ verification }) => verification.preset ?? 'a scheme of its own',
          secrets: ({ secrets }) => secrets.length,
          targets: ({ targets }) => targets.map(({ name }) => name).join(' '),
          url: 'url',
          paused: 'pausedAt',
        },
      );
    });
  sources
    .command('show <app> <name>')
    .description('one source: its address, how it verifies, its targets')
    .action(async (app: string, name: string, _options: object, command: Command) => {
      await new Session(output, command).show({ path: pathOf(app, name) }, sourceLines);
    });
  withTargetSettings(withSettings(sources.command('create <app> <name>')))
    .description('create an address that receives requests of a provider')
    .option('--generate-secret', 'make the secret, for providers that let you choose it; it is shown once')
    .option('--to <url>', 'where accepted requests are sent: absolute, or a path behind the app’s base URL')
    .option('--target <name>', 'name of that target; main by default')
    .option('--paused', 'requests are stored, their events wait until it is resumed')
    .action(async (app: string, name: string, options: CreateOptions, command: Command) => {
      const { generateSecret, to, target = 'main', paused } = options;
      // The description is that of the source.
      const members = deliveryMembers({ ...options, description: undefined });
      const targets = to === undefined ? undefined : [{ name: target, ...members }];
      const body = { name, ...(await membersOf(options)), generateSecret, targets, paused };
      await new Session(output, command).show({ method: 'POST', path: pathOf(app), body }, sourceLines);
    });
  withSettings(sources.command('update <app> <name>'))
    .description('change a source; what is left out does not change')
    .option('--clear <members...>', 'back to the default: description, answer, dedupeId')
    .action(async (app: string, name: string, options: UpdateOptions, command: Command) => {
      const cleared = Object.fromEntries((options.clear ?? []).map((member) => [member, null]));
      const body = { ...(await membersOf(options)), ...cleared };
      await new Session(output, command).show(
        { method: 'PATCH', path: pathOf(app, name), body },
        sourceLines,
      );
    });
  sources
    .command('delete <app> <name>')
    .description('delete a source; its address answers 404 from then on')
    .action(async (app: string, name: string, _options: object, command: Command) => {
      await new Session(output, command).show({ method: 'DELETE', path: pathOf(app, name) }, () => [
        'deleted',
      ]);
    });
  sources
    .command('rotate-key <app> <name>')
    .description('give a source a new address')
    .option(
      '--overlap <ms>',
      'how long the old one works beside it; 24 h (86400000) by default, 0: not at all',
      wholeNumber,
    )
    .action(async (app: string, name: string, { overlap }: { overlap?: number }, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: [...pathOf(app, name), 'rotate-key'], body: { overlapMs: overlap } },
        sourceLines,
      );
    });
  sources
    .command('add-secret <app> <name>')
    .description('accept one more secret; without a file one is made, and shown once')
    .option(
      '--overlap <ms>',
      'how long the old one is accepted; 24 h (86400000) by default, 0: not at all',
      wholeNumber,
    )
    .option('--secret-file <file>', 'what the provider shows: a secret or a public key')
    .action(
      async (
        app: string,
        name: string,
        { overlap, secretFile }: { overlap?: number; secretFile?: string },
        command: Command,
      ) => {
        const body = { overlapMs: overlap, secret: await secretIn(secretFile) };
        await new Session(output, command).show(
          { method: 'POST', path: [...pathOf(app, name), 'secrets'], body },
          sourceLines,
        );
      },
    );
  sources
    .command('pause <app> <name>')
    .description('requests are still stored and answered; their events wait')
    .option('--reason <text>', 'why, for anyone who sees it')
    .action(async (app: string, name: string, { reason }: { reason?: string }, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: [...pathOf(app, name), 'pause'], body: { reason } },
        sourceLines,
      );
    });
  sources
    .command('resume <app> <name>')
    .description('resume a paused source; what waits is sent to its targets')
    .action(async (app: string, name: string, _options: object, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: [...pathOf(app, name), 'resume'] },
        sourceLines,
      );
    });
  return sources;
}

function withSettings(command: Command): Command {
  return command
    .option('--preset <name>', 'the provider (breakwater sources presets), or none: accept every request')
    .option('--scheme <json>', 'instead of a preset: how the sender signs')
    .option('--tolerance <s>', 'largest difference between the signed time and now', wholeNumber)
    .option('--option <name=value...>', 'what the preset asks for, such as webhookId=8PT597110X687430L')
    .option('--secret-file <file>', 'what the provider shows: a secret or a public key')
    .option('--answer <json>', 'what is answered: {"status", "contentType", "body"}; 200 by default')
    .option('--dedupe-id <json>', 'where the id of a request stands: {"header": "X-Request-Id"}, or "none"')
    .option('--description <text>', 'what it is for');
}

/** The members that the API takes; undefined where an option was left out. */
async function membersOf(settings: Settings): Promise<object> {
  const { preset, scheme, tolerance, option = [], secretFile, answer, dedupeId, description } = settings;
  const options = Object.fromEntries(option.map(pairOf));
  const parts = {
    ...(preset === undefined ? {} : { preset }),
    ...(scheme === undefined ? {} : { scheme: jsonOf(scheme, '--scheme') }),
    ...(tolerance === undefined ? {} : { toleranceSeconds: tolerance }),
    ...options,
  };
  return {
    verification: Object.keys(parts).length === 0 ? undefined : parts,
    secret: await secretIn(secretFile),
    answer: answer === undefined ? undefined : jsonOf(answer, '--answer'),
    dedupeId:
      dedupeId === undefined
        ? undefined
        : dedupeId.startsWith('{')
          ? jsonOf(dedupeId, '--dedupe-id')
          : dedupeId,
    description,
  };
}

function pairOf(text: string): [name: string, value: string] {
  const [name = '', value] = text.split(/=(.*)/s, 2);
  if (name !== '' && value !== undefined) return [name, value];
  throw new UsageError(`--option takes name=value, not "${plainText(text)}"`);
}

/** A secret is read from a file: the command line is seen by other users of the machine. */
async function secretIn(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : (await bytesOf(file)).toString().trim();
}

export function pathOf(app: string, ...name: string[]): string[] {
  return ['apps', app, 'sources', ...name];
}
