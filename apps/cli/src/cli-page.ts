import type { Argument, Command, Option } from 'commander';
import { EXIT_MEANINGS } from './exit-code.js';

/** docs/reference/cli.md, not yet formatted. */
export function cliPage(program: Command): string {
  return [
    ...HEAD,
    ...exitCodes(),
    '## Options of all commands',
    '',
    'They may stand before or after the command.',
    '',
    ...optionTable(program),
    ...PROFILES,
    ...[...groupsOf(program)].flatMap(([title, commands]) => [
      `## ${title}`,
      '',
      ...commands.flatMap((command) => section(command, 'breakwater', 3)),
    ]),
  ].join('\n');
}

/** The commands by the titles of the help. */
function groupsOf(program: Command): Map<string, Command[]> {
  const groups = new Map<string, Command[]>();
  for (const command of program.commands) {
    const title = command.helpGroup().replace(/:$/, '');
    groups.set(title, [...(groups.get(title) ?? []), command]);
  }
  return groups;
}

function exitCodes(): string[] {
  const rows = EXIT_MEANINGS.map(([code, name, meaning]) => `| ${code} | ${name} | ${meaning} |`);
  return ['## Exit codes', '', '| Code | Name | Means |', '| --- | --- | --- |', ...rows, ''];
}

function section(command: Command, before: string, level: number): string[] {
  const name = `${before} ${command.name()}`;
  const args = command.registeredArguments.map(argumentText);
  const isCalled = command.commands.length === 0 || command.options.length > 0;
  return [
    `${'#'.repeat(level)} ${name}`,
    '',
    sentence(command.description()),
    '',
    ...(isCalled ? ['```sh', [name, ...args].join(' '), '```', ''] : []),
    ...optionTable(command),
    ...command.commands.flatMap((each) => section(each, name, level + 1)),
  ];
}

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionTable(command: Command): string[] {
  const rows = command.options.filter(({ hidden }) => !hidden).map(optionRow);
  return rows.length === 0 ? [] : ['| Option | Meaning |', '| --- | --- |', ...rows, ''];
}

function optionRow(option: Option): string {
  const { flags, description, mandatory, envVar, defaultValue, defaultValueDescription } = option;
  const start = defaultValueDescription ?? (defaultValue === undefined ? undefined : String(defaultValue));
  const facts = [
    ...(mandatory ? ['required'] : []),
    ...(start === undefined || start === 'true' ? [] : [`default: \`${start}\``]),
    ...(envVar === undefined ? [] : [`environment: \`${envVar}\``]),
  ];
  const about = facts.length === 0 ? '' : `(${facts.join(', ')})`;
  return `| \`${cell(flags)}\` | ${cell([sentence(description), about].filter(Boolean).join(' '))} |`;
}

/** Begins with a capital letter, and ends with a full stop. */
function sentence(text: string): string {
  if (text === '') return '';
  return `${text[0]!.toUpperCase()}${text.slice(1)}${/[.…]$/.test(text) ? '' : '.'}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

const HEAD = [
  '# The command line',
  '',
  '<!-- Made from apps/cli by `npm run docs:cli`: change it there. -->',
  '',
  '`breakwater` does over the REST API everything that the API can do; signing and verifying work without it. It prints',
  'lines for people, and with `--json` the answer of the API unchanged.',
  '',
  '```sh',
  'breakwater login --url http://localhost:3000',
  'breakwater apps',
  'breakwater deliveries tail --status failed,dlq',
  'breakwater trigger event order.paid',
  'breakwater verify body.json --headers headers.txt --secret-file secret.txt',
  'source <(breakwater completion bash)',
  '```',
  '',
  'A request that only reads, or that has an idempotency key, is repeated twice after a lost connection or an answer that',
  'may be over soon (429, 502, 503, 504), after `Retry-After` if the API names it. Each call ends within 60 s.',
  '',
];

const PROFILES = [
  '## Profiles',
  '',
  '`breakwater login` checks a key and keeps it with its URL in `breakwater/profiles.json` in `$XDG_CONFIG_HOME`',
  '(`~/.config` by default). Only its owner may read this file; a file that others may read is refused. What is on the',
  'command line comes first, then the environment, then the profile. The key of a profile is only sent to the URL of the',
  'same profile. `breakwater profile list`, `show`, `use` and `delete` handle them.',
  '',
];
