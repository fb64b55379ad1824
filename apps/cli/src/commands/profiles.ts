import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { UsageError } from '../failures.js';
import {
  checkProfileName,
  profileFile,
  profileOf,
  readProfiles,
  writeProfiles,
  type Profile,
} from '../profiles/profile-file.service.js';
import { Session, type Output } from '../session.service.js';
import { facts, table } from '../table.js';
import { bytesOf } from './file.js';

interface Options {
  url: string;
  key?: string;
  keyFile?: string;
  profile?: string;
  configHome: string;
  json?: boolean;
}

interface Whoami {
  name: string;
  scopes: string[];
  appId: string | null;
  expiresAt: string | null;
}

/** Keys that are kept on this computer, each for one installation. */
export function addProfileCommands(program: Command, output: Output): void {
  program
    .command('login')
    .description('check a key, and keep it with its URL as a profile, which is used from then on')
    .option('--key-file <file>', 'a file with the key; without --key it is asked for, or read from stdin')
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const name = options.profile ?? 'default';
      checkProfileName(name);
      const file = profileFile(options.configHome);
      const known = readProfiles(file);
      const before = Object.hasOwn(known.profiles, name) ? known.profiles[name] : undefined;
      const isNamed = program.getOptionValueSource('url') !== 'default';
      const url = isNamed ? options.url : (before?.url ?? options.url);
      const key = options.key ?? (await keyFrom(options.keyFile, output));
      program.setOptionValueWithSource('url', url, 'cli').setOptionValueWithSource('key', key, 'cli');
      await new Session(output, command).show({ path: ['session'] }, (session: Whoami) => {
        const { name: of, scopes, appId, expiresAt } = session;
        return facts({
          profile: name,
          url,
          key: of,
          scopes: scopes.join(' '),
          app: appId,
          expires: expiresAt,
        });
      });
      writeProfiles(file, { current: name, profiles: { ...known.profiles, [name]: { url, key } } });
    });
  const profile = program.command('profile').description('the profiles that breakwater login has made');
  profile
    .command('list')
    .description('all profiles; a star marks the current one')
    .action((_options: object, command: Command) => {
      const { current, profiles } = profilesOf(command);
      const rows = Object.entries(profiles).map(([name, of]) => ({
        current: name === current ? '*' : '',
        name,
        ...shown(of),
      }));
      if (isJson(command)) return output.out(JSON.stringify(rows));
      if (rows.length === 0) return output.out('none: breakwater login makes one');
      table(rows, { '': 'current', name: 'name', url: 'url', key: 'key' }).forEach(output.out);
    });
  profile
    .command('show [name]')
    .description('one profile, the current one by default; of its key only the beginning')
    .action((name: string | undefined, _options: object, command: Command) => {
      const profiles = profilesOf(command);
      const chosen = name ?? profiles.current;
      if (chosen === null) throw new UsageError('there is no current profile: breakwater login makes one');
      const about = { name: chosen, ...shown(profileOf(profiles, chosen)), file: fileOf(command) };
      if (isJson(command)) output.out(JSON.stringify(about));
      else facts(about).forEach(output.out);
    });
  profile
    .command('use <name>')
    .description('use it from now on')
    .action((name: string, _options: object, command: Command) => {
      const profiles = profilesOf(command);
      profileOf(profiles, name);
      writeProfiles(fileOf(command), { ...profiles, current: name });
      output.out(isJson(command) ? JSON.stringify({ current: name }) : `using ${name}`);
    });
  profile
    .command('delete <name>')
    .description('forget it and its key; the key stays valid until it is revoked')
    .action((name: string, _options: object, command: Command) => {
      const { current, profiles } = profilesOf(command);
      profileOf({ current, profiles }, name);
      const { [name]: _, ...others } = profiles;
      writeProfiles(fileOf(command), { current: current === name ? null : current, profiles: others });
      output.out(isJson(command) ? 'null' : 'deleted');
    });
}

function fileOf(command: Command): string {
  return profileFile(command.optsWithGlobals<Options>().configHome);
}

function profilesOf(command: Command): ReturnType<typeof readProfiles> {
  return readProfiles(fileOf(command));
}

function isJson(command: Command): boolean {
  return command.optsWithGlobals<Options>().json === true;
}

function shown({ url, key }: Profile): { url: string; key: string } {
  return { url, key: key === undefined ? '' : `${key.slice(0, 8)}…` };
}

/** A key on the command line is seen by other users of the machine, so that there are other ways. */
async function keyFrom(file: string | undefined, output: Output): Promise<string> {
  const given = file === undefined ? await asked(output) : (await bytesOf(file)).toString();
  const key = given.trim();
  if (key === '')
    throw new UsageError('there is no key: give it by --key-file, on stdin, or when it is asked for');
  return key;
}

async function asked(output: Output): Promise<string> {
  if (!process.stdin.isTTY) return text(process.stdin);
  output.err('API key (it is not shown):');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
  }
}
