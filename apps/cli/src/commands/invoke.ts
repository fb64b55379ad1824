import { sliceMember } from '@breakwater/json';
import type { Command } from 'commander';
import { jsonText } from '../arguments.js';
import { Session, type Output } from '../session.service.js';
import { facts } from '../table.js';

interface InvokeOptions {
  context?: string;
  idempotencyKey?: string;
}

export function addInvokeCommand(program: Command, output: Output): void {
  program
    .command('invoke <app> <capability> <json>')
    .description('call a capability with a payload; async ones answer with a delivery id')
    .option('--context <json>', 'for fallbacks, e.g. \'{"participants":["a","b"]}\'')
    .option('--idempotency-key <key>', 'for an async capability: makes a repeated call harmless')
    .action(
      async (app: string, capability: string, json: string, options: InvokeOptions, command: Command) => {
        const { context, idempotencyKey } = options;
        // The payload is sent as it was typed: parsing and printing would change 1.0 or a large number.
        const rest = context === undefined ? '' : `,"context":${jsonText(context, '--context')}`;
        await new Session(output, command).show(
          {
            method: 'POST',
            path: ['apps', app, 'capabilities', capability, 'invoke'],
            body: `{"payload":${jsonText(json, 'the payload')}${rest}}`,
            idempotencyKey,
          },
          (answer: object, answered) => facts({ ...answer, ...dataOf(answered) }),
        );
      },
    );
}

/** The app's data as it wrote it: parsing would change a large number. */
function dataOf(answer: string): { data?: string } {
  const data = sliceMember(Buffer.from(answer), 'data');
  return data === null ? {} : { data: data.toString() };
}
