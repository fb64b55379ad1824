import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import type { Output } from '../session.service.js';
import { addCall, factsAndTables, type OneCall } from './one-call.js';
import { withPaging } from './paging.js';

export function addHealthCommands(program: Command, output: Output): void {
  const health = program.command('health').description('how all is, and how each app answers its checks');
  for (const one of CALLS) addCall(health, output, one);
}

const CALLS: OneCall[] = [
  {
    usage: 'show',
    description: 'the state of all webhooks in one word, with its reasons',
    call: () => ({ path: ['admin', 'webhook-health'] }),
    lines: factsAndTables,
  },
  {
    usage: 'alive',
    description: 'whether the api runs; needs no key',
    call: () => ({ root: '', path: ['healthz'] }),
  },
  {
    usage: 'ready',
    description: 'whether the api can work: database, queue, migrations, clock; needs no key',
    call: () => ({ root: '', path: ['readyz'] }),
  },
  {
    usage: 'list',
    description: 'the health checks of all apps',
    options: (command) =>
      withPaging(command).option('--status <status>', 'healthy, degraded, unhealthy, unknown'),
    call: (_, query) => ({ path: ['admin', 'health', 'apps'], query }),
    columns: {
      app: 'appId',
      status: 'status',
      checked: 'lastCheck',
      ms: 'responseTimeMs',
      failures: 'consecutiveFailures',
      'failing since': 'failingSince',
    },
  },
  {
    usage: 'app <app>',
    description: 'the last health check of an app',
    call: ([app = '']) => ({ path: ['admin', 'health', 'apps', app] }),
  },
  {
    usage: 'uptime <app>',
    description: 'its health checks by day',
    options: (command) => command.option('--days <n>', '90 by default', wholeNumber),
    call: ([app = ''], query) => ({ path: ['admin', 'health', 'apps', app, 'uptime'], query }),
    lines: factsAndTables,
  },
  {
    usage: 'check <app>',
    description: 'check an app now',
    call: ([app = '']) => ({ method: 'POST', path: ['admin', 'health', 'apps', app, 'check'] }),
  },
];
