import { has } from './options.js';

/** The result of one run of one side. */
export interface Measured {
  perSecond: number;
  /** Ids that did not arrive, or more than once: if not 0, the run is invalid. */
  wrong: number;
  /** CPU time of the process under test, ms per call. */
  cpuMs?: number | undefined;
  p95Ms?: number | undefined;
}

export interface Result {
  rows: Record<string, unknown>[];
}

type Sides = Record<string, () => Promise<Measured>>;

/**
 * A B, A B, …, and in every second round B A, so that none is always last. One more round before them warms up, except
 * with `--smoke`, which measures nothing.
 * @returns the runs of each side, one per round
 */
export async function inTurn(sides: Sides, rounds: number): Promise<Record<string, Measured[]>> {
  const results: Record<string, Measured[]> = Object.fromEntries(
    Object.keys(sides).map((name) => [name, []]),
  );
  for (let round = has('--smoke') ? 1 : 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? Object.entries(sides) : Object.entries(sides).toReversed();
    for (const [name, run] of order) {
      const measured = await run();
      if (measured.wrong > 0) throw new Error(`${name}: ${measured.wrong} calls are missing or doubled`);
      if (round > 0) results[name]!.push(measured);
    }
  }
  return results;
}

/** The product's budgets, relative to the bare limit of the same rounds (docs/internals/performance.md). */
export interface Budgets {
  /** Of calls per second, at least. */
  ratio?: number;
  /** Of CPU per call, at most. */
  cpuRatio?: number;
  /** At most. */
  addedP95Ms?: number;
}

/** Each side as a row, with its ratio to the first one, the bare limit. `budgets` are those of `product`. */
export function rowsOf(
  what: string,
  results: Record<string, Measured[]>,
  budgets: Budgets = {},
): Result['rows'] {
  const [[, bare]] = Object.entries(results) as [[string, Measured[]]];
  return Object.entries(results).map(([side, runs]) => {
    const all = runs.map(({ perSecond }, round) => perSecond / bare[round]!.perSecond);
    const cpu = medianOf(runs.map(({ cpuMs }) => cpuMs));
    const bareCpu = medianOf(bare.map(({ cpuMs }) => cpuMs));
    const ratio = middle(all);
    const cpuRatio = cpu && bareCpu ? Number((cpu / bareCpu).toFixed(2)) : undefined;
    const added = runs.map(({ p95Ms }, round) => (p95Ms ?? NaN) - (bare[round]!.p95Ms ?? NaN));
    const addedP95Ms = Number.isNaN(added[0]) ? undefined : Number(middle(added).toFixed(1));
    return {
      what,
      side,
      'per second': Math.round(middle(runs.map(({ perSecond }) => perSecond))),
      ratio: Number(ratio.toFixed(3)),
      spread: `${Math.min(...all).toFixed(3)} to ${Math.max(...all).toFixed(3)}`,
      'p95 ms': medianOf(runs.map(({ p95Ms }) => p95Ms)),
      ...(side === 'product' && addedP95Ms !== undefined ? { 'added p95 ms': addedP95Ms } : {}),
      'cpu ms': cpu && Number(cpu.toFixed(3)),
      'cpu ratio': cpuRatio,
      ...(side === 'product' ? verdict({ ratio, cpuRatio, addedP95Ms }, budgets) : {}),
      rounds: runs.length,
    };
  });
}

function verdict(measured: Budgets, { ratio, cpuRatio, addedP95Ms }: Budgets): Record<string, unknown> {
  const budgets = [
    ratio && { text: `ratio >= ${ratio}`, isMet: measured.ratio! >= ratio },
    cpuRatio && { text: `cpu ratio <= ${cpuRatio}`, isMet: measured.cpuRatio! <= cpuRatio },
    addedP95Ms && { text: `added p95 <= ${addedP95Ms} ms`, isMet: measured.addedP95Ms! <= addedP95Ms },
  ].filter((budget) => typeof budget === 'object');
  if (budgets.length === 0) return {};
  const budget = budgets.map(({ text, isMet }) => `${text}${isMet ? '' : ' missed'}`).join(', ');
  return { budget, met: budgets.every(({ isMet }) => isMet) };
}

export function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;
}

function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const there = values.filter((value) => value !== undefined);
  return there.length === 0 ? undefined : middle(there);
}
