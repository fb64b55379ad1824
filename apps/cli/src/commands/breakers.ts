import type { Command } from 'commander';
import { Session, type Output } from '../session.service.js';
import { facts, table } from '../table.js';
import { withPaging, type Paging } from './paging.js';

interface Breaker {
  appId: string;
  capability: string;
  state: string;
  failureCount: number;
  failingSince: string | null;
  successCount: number;
  retryAt: string | null;
  lastReason: string | null;
  forced: string | null;
  forcedDetail: { since: string; by: string; reason: string } | null;
}

interface BreakerStory extends Breaker {
  /** Newest first. */
  history: {
    at: string;
    from: string;
    to: string;
    cause: string;
    actor: string | null;
    note: string | null;
  }[];
  why: string;
}

interface BreakerFilters extends Paging {
  state?: string;
  app?: string;
  forced?: string;
}

export function addBreakerCommands(program: Command, output: Output): void {
  const breaker = program.command('breaker').description('see, reset and force circuit breakers');
  withPaging(breaker.command('list'))
    .description('every breaker that ever had a failure')
    .option('--state <state>', 'closed, open, half_open')
    .option('--forced <bool>', 'true: only those that a person forced; false: only the others')
    .option('--app <id>')
    .action(async ({ app, ...filters }: BreakerFilters, command: Command) => {
      await new Session(output, command).list<Breaker>(
        { path: ['admin', 'circuit-breaker', 'status'], query: { appId: app, ...filters } },
        {
          app: 'appId',
          capability: 'capability',
          state: 'state',
          forced: 'forced',
          failures: 'failureCount',
          'failing since': 'failingSince',
          'next probe': 'retryAt',
          'last error': 'lastReason',
        },
      );
    });
  breaker
    .command('show <app> <capability>')
    .description('one breaker with its history')
    .action(async (app: string, capability: string, _options: object, command: Command) => {
      await new Session(output, command).show(
        { path: ['admin', 'circuit-breaker', app, capability] },
        storyLines,
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
  breaker
    .command('force <app> <capability> <state>')
    .description('force a breaker open or closed until it is made automatic')
    .requiredOption('--reason <text>', 'why, for everyone who sees it')
    .action(async (app: string, capability: string, state: string, { reason }: Reason, command: Command) => {
      const path = ['admin', 'circuit-breaker', app, capability, 'force'];
      await new Session(output, command).show({ method: 'POST', path, body: { state, reason } }, stateLines);
    });
  breaker
    .command('automatic <app> <capability>')
    .description('make a forced breaker automatic again')
    .requiredOption('--reason <text>', 'why, for the history')
    .action(async (app: string, capability: string, { reason }: Reason, command: Command) => {
      const path = ['admin', 'circuit-breaker', app, capability, 'automatic'];
      await new Session(output, command).show({ method: 'POST', path, body: { reason } }, stateLines);
    });
}

interface Reason {
  reason: string;
}

function stateLines({ appId, capability, state, forced }: Breaker): string[] {
  return [`${appId} ${capability}: ${state}${forced === null ? '' : ', forced'}`];
}

function storyLines({ history, ...breaker }: BreakerStory): string[] {
  return [
    ...facts({
      app: breaker.appId,
      capability: breaker.capability,
      state: breaker.state,
      why: breaker.why,
      failures: breaker.failureCount,
      successes: breaker.successCount,
      'failing since': breaker.failingSince,
      'next probe': breaker.retryAt,
      'last error': breaker.lastReason,
    }),
    ...(history.length === 0
      ? []
      : [
          '',
          ...table(history, { at: 'at', from: 'from', to: 'to', cause: 'cause', by: 'actor', why: 'note' }),
        ]),
  ];
}
