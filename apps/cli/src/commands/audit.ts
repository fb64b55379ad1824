import type { Command } from 'commander';
import { Session, type Output } from '../session.service.js';
import { withPaging, type Paging } from './paging.js';

interface AuditEntry {
  at: string;
  actor: string;
  action: string;
  target: string;
  appId: string | null;
  outcome: string;
  status: number | null;
  detail: object | null;
}

interface Filter extends Paging {
  actor?: string;
  action?: string;
  app?: string;
  target?: string;
  outcome?: string;
  from?: string;
  to?: string;
}

export function addAuditCommand(program: Command, output: Output): void {
  withPaging(program.command('audit'))
    .description('who did what to what, newest first')
    .option('--actor <key>', 'name of the key')
    .option('--action <action>', 'for example circuit_breaker.reset')
    .option('--app <id>')
    .option('--target <target>', 'what the action changed, as the list shows it')
    .option('--outcome <outcome>', 'started, done, refused, failed')
    .option('--from <time>', 'at or after: ISO 8601 with a time zone, such as 2026-11-26T21:00:00Z')
    .option('--to <time>', 'before: ISO 8601 with a time zone')
    .action(async ({ app, ...filter }: Filter, command: Command) => {
      await new Session(output, command).list<AuditEntry>(
        { path: ['admin', 'audit-log'], query: { appId: app, ...filter } },
        {
          at: 'at',
          actor: 'actor',
          action: 'action',
          target: 'target',
          app: 'appId',
          outcome: 'outcome',
          status: 'status',
          detail: 'detail',
        },
      );
    });
}
