import type { Command } from 'commander';
import { Session, type Output } from '../session.service.js';
import { facts } from '../table.js';
import { withPaging, type Paging } from './paging.js';

interface Key {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  appId: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

interface NewKey {
  scope: string[];
  app?: string;
  expiresAt?: string;
}

export function addKeyCommands(program: Command, output: Output): void {
  const keys = program.command('keys').description('create, list and revoke API keys');
  keys
    .command('create <name>')
    .description('create a key; it is shown once')
    .requiredOption('--scope <scopes...>', 'admin, app, invoke, read')
    .option('--app <id>', 'the only app that it may be used for')
    .option('--expires-at <time>', 'ISO 8601')
    .action(async (name: string, { scope, app, expiresAt }: NewKey, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: ['admin', 'api-keys'], body: { name, scopes: scope, appId: app, expiresAt } },
        facts,
      );
    });
  withPaging(keys.command('list'))
    .description('all keys, without the keys themselves')
    .option('--app <id>')
    .action(async ({ app, ...paging }: Paging & { app?: string }, command: Command) => {
      await new Session(output, command).list<Key>(
        { path: ['admin', 'api-keys'], query: { appId: app, ...paging } },
        {
          id: 'id',
          name: 'name',
          prefix: 'prefix',
          scopes: ({ scopes }) => scopes.join(' '),
          app: 'appId',
          expires: 'expiresAt',
          revoked: 'revokedAt',
          'last used': 'lastUsedAt',
        },
      );
    });
  keys
    .command('revoke <id>')
    .description('effective everywhere within 5 s')
    .action(async (id: string, _options: object, command: Command) => {
      await new Session(output, command).show({ method: 'DELETE', path: ['admin', 'api-keys', id] }, () => [
        'revoked',
      ]);
    });
}
