import type { Command } from 'commander';
import { Session, type Output } from '../session.service.js';
import { facts, table } from '../table.js';

interface Capability {
  capability: string;
  async: boolean;
  status: string;
  hold: string | null;
  pausedBy: string | null;
  disabledReason: string | null;
}

/** `pause`, `resume`, `enable` and `disable` of an app, or of one of its capabilities. */
export function addHoldCommands(program: Command, output: Output): void {
  program
    .command('capabilities <app>')
    .description('an app’s capabilities, and which of them are paused or disabled')
    .action(async (app: string, _options: object, command: Command) => {
      await new Session(output, command).show(
        { path: ['admin', 'apps', app, 'capabilities'] },
        ({ items }: { items: Capability[] }) =>
          table(items, {
            capability: 'capability',
            async: 'async',
            status: 'status',
            hold: 'hold',
            'paused by': 'pausedBy',
            'disabled because': 'disabledReason',
          }),
      );
    });
  program
    .command('pause <app> [capability]')
    .description('keep the deliveries of an app or a capability waiting; sync calls get their fallback')
    .option('--reason <text>', 'why, for anyone who sees it')
    .action(
      async (
        app: string,
        capability: string | undefined,
        { reason }: { reason?: string },
        command: Command,
      ) => {
        await post(output, command, [...pathOf(app, capability), 'pause'], { reason });
      },
    );
  program
    .command('resume <app> [capability]')
    .description('resume a paused app or capability')
    .action(async (app: string, capability: string | undefined, _options: object, command: Command) => {
      await post(output, command, [...pathOf(app, capability), 'resume']);
    });
  program
    .command('disable <app> [capability]')
    .description('stop all calls of an app or a capability; async calls are refused')
    .requiredOption('--reason <text>', 'why, for anyone who sees it')
    .action(
      async (
        app: string,
        capability: string | undefined,
        { reason }: { reason: string },
        command: Command,
      ) => {
        if (capability !== undefined)
          return post(output, command, [...pathOf(app, capability), 'disable'], { reason });
        const body = { status: 'disabled', disabledReason: reason };
        return new Session(output, command).show(
          { method: 'PATCH', path: pathOf(app, undefined), body },
          facts,
        );
      },
    );
  program
    .command('enable <app> [capability]')
    .description('enable an app or capability that a person or a 410 disabled; what waits is sent')
    .action(async (app: string, capability: string | undefined, _options: object, command: Command) => {
      if (capability !== undefined) return post(output, command, [...pathOf(app, capability), 'enable']);
      const body = { status: 'active' };
      return new Session(output, command).show(
        { method: 'PATCH', path: pathOf(app, undefined), body },
        facts,
      );
    });
}

function pathOf(app: string, capability: string | undefined): string[] {
  return ['admin', 'apps', app, ...(capability === undefined ? [] : ['capabilities', capability])];
}

async function post(output: Output, command: Command, path: string[], body?: object): Promise<void> {
  await new Session(output, command).show({ method: 'POST', path, ...(body ? { body } : {}) }, facts);
}
