import { arrayLiteral, type Element } from './array-literal.js';

/** A column of a batch: its type in SQL, and its value in a row. */
export type Column<Row> = readonly [type: string, value: (row: Row) => Element];

/**
 * The columns of rows that are passed to one statement as arrays. Each column is declared in one place: name, type and
 * source of its value. The arrays are the first parameters of the statement, in the order of the columns.
 * @example `SELECT * FROM unnest(${ROWS.arrays}) AS g(${ROWS.names})`
 */
export class Columns<Row> {
  /** `$1::uuid[], $2::text[]` */
  readonly arrays: string;
  /** `id, error` */
  readonly names: string;
  private readonly columns: [name: string, column: Column<Row>][];
  private readonly before: number;

  /** @param follows other rows of the same statement, whose parameters come first */
  constructor(columns: Readonly<Record<string, Column<Row>>>, follows?: Columns<never>) {
    this.columns = Object.entries(columns);
    this.before = follows?.end ?? 0;
    this.arrays = this.columns.map(([, [type]], index) => `${this.parameter(index)}::${type}[]`).join(', ');
    this.names = this.columns.map(([name]) => name).join(', ');
  }

  /** The array of one column: `$2::text[]`. */
  array(name: string): string {
    const index = this.columns.findIndex(([each]) => each === name);
    if (index < 0) throw new RangeError(`there is no column ${name}`);
    return `${this.parameter(index)}::${this.columns[index]![1][0]}[]`;
  }

  /** The parameters that follow the arrays: `$17`, `$18`. */
  further(count: number): string[] {
    return Array.from({ length: count }, (_, index) => `$${this.end + index + 1}`);
  }

  /** The arrays, each as one text. */
  values(rows: readonly Row[]): string[] {
    return this.columns.map(([, [, value]]) => arrayLiteral(rows.map(value)));
  }

  /** Number of its last parameter. */
  private get end(): number {
    return this.before + this.columns.length;
  }

  private parameter(index: number): string {
    return `$${this.before + index + 1}`;
  }
}
