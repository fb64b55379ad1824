import { Argument, type Command } from 'commander';
import { Session, type Output } from '../session.service.js';
import { facts } from '../table.js';
import { withPaging, type Paging } from './paging.js';

interface Approval {
  id: string;
  appId: string;
  capability: string;
  reason: string;
  status: string;
  createdAt: string;
  resolvedBy: string | null;
}

interface ApprovalFilters extends Paging {
  app?: string;
  status?: string;
}

export function addApprovalCommands(program: Command, output: Output): void {
  const approvals = program.command('approvals').description('decide what apps could not answer');
  withPaging(approvals.command('list'))
    .description('decisions that wait for a person, by default')
    .option('--app <id>')
    .option('--status <status>', 'pending, approved, rejected')
    .action(async ({ app, ...filters }: ApprovalFilters, command: Command) => {
      await new Session(output, command).list<Approval>(
        { path: ['admin', 'approvals'], query: { appId: app, ...filters } },
        {
          id: 'id',
          app: 'appId',
          capability: 'capability',
          reason: 'reason',
          status: 'status',
          asked: 'createdAt',
          'decided by': 'resolvedBy',
        },
      );
    });
  approvals
    .command('show <id>')
    .description('one decision with its payload and context')
    .action(async (id: string, _options: object, command: Command) => {
      await new Session(output, command).show({ path: ['admin', 'approvals', id] }, facts);
    });
  approvals
    .command('resolve <id>')
    .addArgument(new Argument('<decision>').choices(['approved', 'rejected']))
    .description('approve or reject')
    .option('--notes <text>', 'why')
    .action(async (id: string, status: string, { notes }: { notes?: string }, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: ['admin', 'approvals', id, 'resolve'], body: { status, notes } },
        facts,
      );
    });
}
