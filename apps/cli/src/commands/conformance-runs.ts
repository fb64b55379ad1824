import type { Command } from 'commander';
import type { Output } from '../session.service.js';
import { addCall, factsAndTables } from './one-call.js';

/** The reports that `conformance` has left. */
export function addConformanceRunCommands(program: Command, output: Output): void {
  const runs = program
    .command('conformance-runs')
    .description('the reports of conformance: list them, show one');
  addCall(runs, output, {
    usage: 'list <app>',
    description: 'the runs of an app, newest first',
    call: ([app = '']) => ({ path: ['apps', app, 'conformance-runs'] }),
    columns: {
      id: 'id',
      state: 'state',
      passed: 'passed',
      failed: 'failed',
      skipped: 'skipped',
      started: 'startedAt',
    },
  });
  addCall(runs, output, {
    usage: 'show <app> <id>',
    description: 'one run with all its checks',
    call: ([app = '', id = '']) => ({ path: ['apps', app, 'conformance-runs', id] }),
    lines: factsAndTables,
  });
}
