import type { Command } from 'commander';
import { Session, type Output } from '../session.service.js';

interface Report {
  partitionsMade: string[];
  partitionsDropped: { name: string; aboutRows: number; kept: number }[];
  removed: Record<string, number>;
}

export function addMaintenanceCommand(program: Command, output: Output): void {
  program
    .command('maintenance')
    .description('do the daily upkeep now: create partitions, remove expired rows')
    .action(async (_options: object, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: ['admin', 'maintenance'] },
        reportLines,
      );
    });
}

function reportLines({ partitionsMade, partitionsDropped, removed }: Report): string[] {
  const lines = [
    ...partitionsMade.map((name) => `made ${name}`),
    ...partitionsDropped.map(
      ({ name, aboutRows, kept }) => `dropped ${name}: about ${aboutRows} rows, ${kept} kept`,
    ),
    ...Object.entries(removed).flatMap(([what, count]) =>
      count > 0
        ? [`removed ${count} ${what.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`]
        : [],
    ),
  ];
  return lines.length > 0 ? lines : ['nothing to do'];
}
