import type { Command } from 'commander';
import { Session, type Output } from '../session.service.js';
import { facts } from '../table.js';
import { bytesOf } from './file.js';
import { withPaging, type Paging } from './paging.js';

interface EventType {
  type: string;
  description: string | null;
  schema: object | null;
  mode: string;
  updatedAt: string;
}

export function addEventTypeCommands(program: Command, output: Output): void {
  const types = program.command('event-types').description('the catalogue of event types and their schemas');
  withPaging(types.command('list'))
    .description('all types of the catalogue')
    .action(async ({ limit, cursor }: Paging, command: Command) => {
      await new Session(output, command).list<EventType>(
        { path: ['event-types'], query: { limit, cursor } },
        {
          type: 'type',
          schema: ({ schema, mode }) => (schema === null ? '' : mode),
          description: 'description',
          updated: 'updatedAt',
        },
      );
    });
  types
    .command('show <type>')
    .description('description, example and schema of an event type')
    .action(async (type: string, _options: object, command: Command) => {
      await new Session(output, command).show({ path: ['event-types', type] }, facts);
    });
  types
    .command('put <type> <file>')
    .description('add or replace an event type; the file has description, example, schema and mode as JSON')
    .action(async (type: string, file: string, _options: object, command: Command) => {
      const body = await bytesOf(file);
      await new Session(output, command).show({ method: 'PUT', path: ['event-types', type], body }, facts);
    });
  types
    .command('delete <type>')
    .description('remove an event type from the catalogue; its events stay')
    .action(async (type: string, _options: object, command: Command) => {
      await new Session(output, command).show({ method: 'DELETE', path: ['event-types', type] }, () => [
        'deleted',
      ]);
    });
}
