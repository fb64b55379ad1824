import type { Command } from 'commander';
import type { Output } from '../session.service.js';
import { addCall, factsAndTables } from './one-call.js';
import { withPaging } from './paging.js';

/** The installation, who the caller is, and what it told people. */
export function addInstallationCommands(program: Command, output: Output): void {
  addCall(program, output, {
    usage: 'whoami',
    description: 'whose key this is, and what it may do',
    call: () => ({ path: ['session'] }),
  });
  addCall(program, output, {
    usage: 'search <text>',
    description: 'find apps, deliveries, events and more by name, id or key',
    call: ([text]) => ({ path: ['search'], query: { q: text } }),
    columns: { kind: 'kind', id: 'id', app: 'appId', title: 'title', detail: 'detail' },
  });
  addCall(program, output, {
    usage: 'system',
    description: 'version, database, migrations, retention and settings of the installation',
    call: () => ({ path: ['admin', 'system'] }),
    lines: factsAndTables,
  });
  addCall(program, output, {
    usage: 'workers',
    description: 'the processes of the installation',
    call: () => ({ path: ['admin', 'workers'] }),
    columns: {
      role: 'role',
      id: 'id',
      host: 'host',
      alive: 'alive',
      'last seen': 'lastSeenAt',
      slots: 'slots',
      'in use': 'slotsInUse',
    },
  });
  addCall(program, output, {
    usage: 'listeners',
    description: 'developers who listen for an app now',
    options: (command) => command.option('--app <id>'),
    call: (_, { app }) => ({ path: ['listeners'], query: { appId: app } }),
    columns: {
      id: 'id',
      app: 'appId',
      capabilities: 'capabilities',
      'answers calls': 'answersCalls',
      by: 'startedBy',
      since: 'startedAt',
    },
  });
  addCall(program, output, {
    usage: 'encryption-keys',
    description: 'which keys encrypt what, and which of them may be removed',
    call: () => ({ path: ['admin', 'encryption-keys'] }),
    columns: {
      key: 'keyId',
      state: 'state',
      secrets: 'secrets',
      headers: 'headers',
      manifests: 'manifests',
      'key pairs': 'keys',
      removable: 'removable',
    },
  });
  addNotificationCommands(program, output);
  const demo = program.command('demo').description('the demo that the first start creates');
  addCall(demo, output, {
    usage: 'show',
    description: 'whether it is there',
    call: () => ({ path: ['admin', 'demo'] }),
  });
  addCall(demo, output, {
    usage: 'remove',
    description: 'remove its apps and all that belongs to them',
    call: () => ({ method: 'DELETE', path: ['admin', 'demo'] }),
  });
}

function addNotificationCommands(program: Command, output: Output): void {
  const notifications = program
    .command('notifications')
    .description('what people were told, and what failed');
  addCall(notifications, output, {
    usage: 'list',
    description: 'notifications, newest first',
    options: (command) =>
      withPaging(command)
        .option('--app <id>')
        .option('--channel <channel>', 'email, in_app, slack, discord, webhook')
        .option('--kind <kind>')
        .option('--status <status>', 'pending, sent, failed'),
    call: (_, { app, ...query }) => ({ path: ['admin', 'notifications'], query: { appId: app, ...query } }),
    columns: {
      id: 'id',
      channel: 'channel',
      kind: 'kind',
      to: 'recipient',
      status: 'status',
      subject: 'subject',
      created: 'createdAt',
      'last error': 'lastError',
    },
  });
  addCall(notifications, output, {
    usage: 'show <id>',
    description: 'one notification with its text',
    call: ([id = '']) => ({ path: ['admin', 'notifications', id] }),
  });
}
