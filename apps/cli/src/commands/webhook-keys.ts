import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { Session, type Output } from '../session.service.js';
import { table } from '../table.js';

interface PublicKey {
  kid: string;
  whpk: string;
  createdAt: string;
  retiresAt: string | null;
}

export function addWebhookKeyCommands(program: Command, output: Output): void {
  const keys = program
    .command('webhook-keys')
    .description('the installation’s public keys, for receivers that verify the signatures v1a');
  keys
    .command('show')
    .description('the keys that sign now, newest first; needs no API key')
    .action(async (_options: object, command: Command) => {
      await new Session(output, command).show({ root: '/.well-known', path: ['webhook-keys'] }, keyLines);
    });
  keys
    .command('rotate')
    .description('create a new key pair')
    .option(
      '--overlap <ms>',
      'how long the old one signs beside it; 24 h (86400000) by default, 0: not at all',
      wholeNumber,
    )
    .action(async ({ overlap }: { overlap?: number }, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: ['admin', 'webhook-keys', 'rotate'], body: { overlapMs: overlap } },
        keyLines,
      );
    });
}

function keyLines({ keys }: { keys: PublicKey[] }): string[] {
  if (keys.length === 0) return ['none'];
  return table(keys, { id: 'kid', key: 'whpk', created: 'createdAt', 'valid until': 'retiresAt' });
}
