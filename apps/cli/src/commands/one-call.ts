import type { Command } from 'commander';
import { Session, type Call, type Output } from '../session.service.js';
import { facts, table, type Columns } from '../table.js';

/** A row of a table whose members are only printed. */
export type Row = Record<string, unknown>;

type Options = Record<string, string | undefined>;

/** A command whose whole work is one request. */
export interface OneCall {
  /** Its name and its arguments. */
  usage: string;
  description: string;
  options?: (command: Command) => Command;
  /** @param args the arguments of the command line, in their order */
  call: (args: string[], options: Options) => Call | Promise<Call>;
  /** For an answer that is a list. */
  columns?: Columns<Row>;
  /** For any other answer; one line for each member by default. */
  lines?: (answer: never, body: string) => string[];
}

/** @param spec its `call` gets the values of optional arguments as undefined */
export function addCall(parent: Command, output: Output, spec: OneCall): Command {
  const command = parent.command(spec.usage).description(spec.description);
  spec.options?.(command);
  return command.action(async (...given: unknown[]) => {
    const args = given.slice(0, -2) as string[];
    const session = new Session(output, given.at(-1) as Command);
    const call = await spec.call(args, given.at(-2) as Options);
    if (spec.columns) await session.list(call, spec.columns);
    else await session.show(call, spec.lines ?? facts);
  });
}

/** Facts, and a table for each member that is a list of objects. */
export function factsAndTables(answer: object): string[] {
  const isTable = (value: unknown): value is Row[] =>
    Array.isArray(value) && value.length > 0 && typeof value[0] === 'object';
  const entries = Object.entries(answer);
  const lists = entries.filter(([, value]) => isTable(value)) as [string, Row[]][];
  return [
    ...facts(Object.fromEntries(entries.filter(([, value]) => !isTable(value)))),
    ...lists.flatMap(([name, rows]) => ['', name, ...table(rows, columnsOf(rows))]),
  ];
}

function columnsOf(rows: readonly Row[]): Columns<Row> {
  return Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, name]));
}
