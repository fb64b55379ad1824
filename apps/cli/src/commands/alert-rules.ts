import type { Command } from 'commander';
import type { Output } from '../session.service.js';
import { facts } from '../table.js';
import { bytesOf } from './file.js';
import { addCall, factsAndTables, type OneCall } from './one-call.js';
import { withPaging } from './paging.js';

const RULES = ['admin', 'alert-rules'];

export function addAlertRuleCommands(program: Command, output: Output): void {
  const rules = program
    .command('alert-rules')
    .description('when an alert fires; a rule is a file with name, type, threshold and so on as JSON');
  for (const one of CALLS) addCall(rules, output, one);
}

const CALLS: OneCall[] = [
  {
    usage: 'list',
    description: 'all rules, also those that are switched off',
    options: withPaging,
    call: (_, query) => ({ path: RULES, query }),
    columns: { id: 'id', name: 'name', rule: 'sentence', enabled: 'enabled', 'muted until': 'mutedUntil' },
  },
  {
    usage: 'show <id>',
    description: 'one rule',
    call: ([id = '']) => ({ path: [...RULES, id] }),
  },
  {
    usage: 'create <file>',
    description: 'create a rule',
    call: async ([file = '']) => ({ method: 'POST', path: RULES, body: await bytesOf(file) }),
  },
  {
    usage: 'update <id> <file>',
    description: 'change a rule; what the file leaves out does not change',
    call: async ([id = '', file = '']) => ({
      method: 'PATCH',
      path: [...RULES, id],
      body: await bytesOf(file),
    }),
  },
  {
    usage: 'mute <id>',
    description: 'no notification until then; the alert fires all the same',
    options: (command) =>
      command
        .option('--until <time>', 'ISO 8601 with a time zone')
        .option('--off', 'no longer; without --until this is what is done'),
    call: ([id = ''], { until }) => ({
      method: 'PATCH',
      path: [...RULES, id],
      body: { mutedUntil: until ?? null },
    }),
  },
  {
    usage: 'delete <id>',
    description: 'delete a rule',
    call: ([id = '']) => ({ method: 'DELETE', path: [...RULES, id] }),
    lines: () => ['deleted'],
  },
  {
    usage: 'history <id>',
    description: 'who changed it, and how',
    call: ([id = '']) => ({ path: [...RULES, id, 'history'] }),
    columns: { at: 'at', by: 'actor', action: 'action', changes: 'changes' },
  },
  {
    usage: 'test <id>',
    description: 'what it would do now; nobody is notified',
    call: ([id = '']) => ({ method: 'POST', path: [...RULES, id, 'test'] }),
    lines: factsAndTables,
  },
  {
    usage: 'rehearse <file>',
    description: 'what a rule that is not saved would have done within the last 24 h',
    call: async ([file = '']) => ({
      method: 'POST',
      path: [...RULES, 'rehearse'],
      body: await bytesOf(file),
    }),
    lines: ({ subjects: _, ...rehearsal }: { subjects: object[] }) => facts(rehearsal),
  },
];
