import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { Session, type Output } from '../session.service.js';
import { facts } from '../table.js';
import { withPaging, type Paging } from './paging.js';

interface PortalLink {
  id: string;
  capabilities: string[];
  state: string;
  note: string | null;
  createdBy: string;
  expiresAt: string;
  lastUsedAt: string | null;
}

interface NewLink {
  may?: string[];
  expiresIn?: number;
  note?: string;
}

export function addPortalCommands(program: Command, output: Output): void {
  const portal = program.command('portal').description("create, list and revoke links to an app's portal");
  portal
    .command('create <app>')
    .description('create a link; it is shown once')
    .option('--may <capabilities...>', 'redeliver, resolve, manageSubscriptions, rotateSecrets, test')
    .option('--expires-in <seconds>', '3600 to 604800; 86400 by default', wholeNumber)
    .option('--note <text>', 'for whom it is')
    .action(async (app: string, { may, expiresIn, note }: NewLink, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: pathOf(app), body: { capabilities: may, expiresIn, note } },
        facts,
      );
    });
  withPaging(portal.command('list <app>'))
    .description('the links of an app')
    .action(async (app: string, paging: Paging, command: Command) => {
      await new Session(output, command).list<PortalLink>(
        { path: pathOf(app), query: { ...paging } },
        {
          id: 'id',
          state: 'state',
          may: ({ capabilities }) => capabilities.join(' '),
          note: 'note',
          by: 'createdBy',
          expires: 'expiresAt',
          'last used': 'lastUsedAt',
        },
      );
    });
  portal
    .command('revoke <app> <id>')
    .description('effective everywhere within 5 s')
    .action(async (app: string, id: string, _options: object, command: Command) => {
      await new Session(output, command).show({ method: 'DELETE', path: [...pathOf(app), id] }, () => [
        'revoked',
      ]);
    });
}

function pathOf(app: string): string[] {
  return ['admin', 'apps', app, 'portal-links'];
}
