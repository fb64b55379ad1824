import type { ApiError } from '@breakwater/client';
import type { Command } from 'commander';
import { problemLines, type ProblemEntry } from '../problem.js';
import { Session, type Output } from '../session.service.js';
import { facts } from '../table.js';
import { bytesOf } from './file.js';
import { withPaging, type Paging } from './paging.js';

interface Registration {
  warnings: ProblemEntry[];
}

interface App {
  id: string;
  name: string;
  ownerEmail: string;
  baseUrl: string;
  status: string;
  manifestVersion: number;
}

export function addManifestCommands(program: Command, output: Output): void {
  program
    .command('validate <file>')
    .description('check a manifest and store nothing; each problem is a line: pointer, rule, message')
    .action(async (file: string, _options: object, command: Command) => {
      const call = {
        method: 'POST',
        path: ['admin', 'manifests', 'validate'],
        body: await bytesOf(file),
      } as const;
      await new Session(output, command).show(call, ({ warnings }: Registration) => [
        'valid',
        ...warningLines(warnings),
      ]);
    });
  program
    .command('apply <appId> <file>')
    .description('register or replace an app’s manifest')
    .action(async (appId: string, file: string, _options: object, command: Command) => {
      const call = {
        method: 'PUT',
        path: ['admin', 'apps', appId, 'manifest'],
        body: await bytesOf(file),
      } as const;
      await new Session(output, command).show(call, ({ warnings, ...registration }: Registration) => [
        ...facts(registration),
        ...warningLines(warnings),
      ]);
    });
  withPaging(program.command('apps'))
    .description('list the registered apps')
    .action(async ({ limit, cursor }: Paging, command: Command) => {
      await new Session(output, command).list<App>(
        { path: ['admin', 'apps'], query: { limit, cursor } },
        {
          id: 'id',
          name: 'name',
          owner: 'ownerEmail',
          'base URL': 'baseUrl',
          status: 'status',
          version: 'manifestVersion',
        },
      );
    });
}

/** True when the refusal is the result of `validate`: the list of problems. */
export function isVerdict(refusal: ApiError, commandName: string | undefined): boolean {
  return commandName === 'validate' && refusal.problems.length > 0;
}

function warningLines(warnings: readonly ProblemEntry[]): string[] {
  return problemLines(warnings).map((line) => `warning: ${line}`);
}
