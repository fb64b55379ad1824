import type { Command } from 'commander';
import { Session, type Output } from '../session.service.js';
import { withPaging, type Paging } from './paging.js';

interface Breaker {
  appId: string;
  capability: string;
  state: string;
  failureCount: number;
  failingSince: string | null;
  retryAt: string | null;
  lastReason: string | null;
}

interface BreakerFilters extends Paging {
  state?: string;
  app?: string;
}

export function addBreakerCommands(program: Command, output: Output): void {
  const breaker = program.command('breaker').description('see and reset circuit breakers');
  withPaging(breaker.command('list'))
    .description('every breaker that ever saw a failure')
    .option('--state <state>', 'closed, open, half_open')
    .option('--app <id>')
    .action(async ({ app, ...filters }: BreakerFilters, command: Command) => {
      await new Session(output, command).list<Breaker>(
        { path: ['admin', 'circuit-breaker', 'status'], query: { appId: app, ...filters } },
        {
          app: 'appId',
          capability: 'capability',
          state: 'state',
          failures: 'failureCount',
          'failing since': 'failingSince',
          'next probe': 'retryAt',
          'last error': 'lastReason',
        },
      );
    });
  breaker
    .command('reset <app> <capability>')
    .description('close a breaker by hand')
    .action(async (app: string, capability: string, _options: object, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: ['admin', 'circuit-breaker', app, capability, 'reset'] },
        ({ state }: Breaker) => [`${app} ${capability}: ${state}`],
      );
    });
}
