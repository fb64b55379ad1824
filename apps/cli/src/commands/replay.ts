import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { Session, type Output } from '../session.service.js';
import { replayLines } from './bulk.js';

interface ReplayOptions {
  app?: string;
  subscription?: string;
  result?: string;
  toUrl?: string;
  idempotencyKey?: string;
}

/** Adds to the commands of `events`, which addEventCommands added before. */
export function addReplayCommand(program: Command, output: Output): void {
  const events = program.commands.find((command) => command.name() === 'events')!;
  events
    .command('replay <id>')
    .description('deliver a stored event again to the subscriptions that match it')
    .option('--app <id>', 'the app of a subscription given by its name')
    .option('--subscription <name>', 'only this one: its name with --app, or its id')
    .option('--result <result>', 'all, failed, missing')
    .option('--to-url <url>', 'another URL in place of those of the subscriptions')
    .option('--idempotency-key <key>', 'the same key and request are one replay')
    .action(
      async (
        id: string,
        { app, subscription, result, toUrl, idempotencyKey }: ReplayOptions,
        command: Command,
      ) => {
        await new Session(output, command).show(
          {
            method: 'POST',
            path: ['events', id, 'replay'],
            body: { appId: app, subscription, result, url: toUrl },
            idempotencyKey: idempotencyKey ?? randomUUID(),
          },
          replayLines,
        );
      },
    );
}
