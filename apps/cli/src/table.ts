import { plainText } from './plain-text.js';

const MAX_CELL = 80;

/** Columns by title: the key of the row, or a function for the cell. */
export type Columns<Row> = Record<string, keyof Row | ((row: Row) => unknown)>;

/** Rows under titles, with aligned columns; long cells are cut. */
export function table<Row extends object>(rows: readonly Row[], columns: Columns<Row>): string[] {
  const titles = Object.keys(columns);
  const cells = rows.map((row) =>
    Object.values(columns).map((column) => cell(typeof column === 'function' ? column(row) : row[column])),
  );
  return aligned([titles, ...cells]);
}

/** Lines of cells, each column as wide as its widest cell. */
export function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const line of lines) line.forEach((text, at) => (widths[at] = Math.max(widths[at] ?? 0, text.length)));
  return lines.map((line) =>
    line
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** One `name: value` line per member that has a value. */
export function facts(thing: object): string[] {
  const known = Object.entries(thing).filter(([, value]) => value !== null && value !== undefined);
  return aligned(known.map(([name, value]) => [`${name}:`, plainText(value)]));
}

function cell(value: unknown): string {
  const text = plainText(value);
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}
