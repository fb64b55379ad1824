/** What one run of one side came to. */
export interface Measured {
  perSecond: number;
  /** Ids that did not arrive, or more than once: 0, or the run is worth nothing. */
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
 * A B, A B, …, and in every other round B A, so that none always comes last. One more round before them warms up.
 * @returns the runs of each side, one a round
 */
export async function inTurn(sides: Sides, rounds: number): Promise<Record<string, Measured[]>> {
  const results: Record<string, Measured[]> = Object.fromEntries(
    Object.keys(sides).map((name) => [name, []]),
  );
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? Object.entries(sides) : Object.entries(sides).toReversed();
    for (const [name, run] of order) {
      const measured = await run();
      if (measured.wrong > 0) throw new Error(`${name}: ${measured.wrong} calls are missing or doubled`);
      if (round > 0) results[name]!.push(measured);
    }
  }
  return results;
}

/** Each side as a row, with its ratio to the first one, the bare limit. `budget`: of the ratio, for `product`. */
export function rowsOf(what: string, results: Record<string, Measured[]>, budget?: number): Result['rows'] {
  const [[, bare]] = Object.entries(results) as [[string, Measured[]]];
  return Object.entries(results).map(([side, runs]) => {
    const all = runs.map(({ perSecond }, round) => perSecond / bare[round]!.perSecond);
    const cpu = medianOf(runs.map(({ cpuMs }) => cpuMs));
    const bareCpu = medianOf(bare.map(({ cpuMs }) => cpuMs));
    const ratio = middle(all);
    return {
      ...{ what, side, 'per second': Math.round(middle(runs.map(({ perSecond }) => perSecond))) },
      ratio: Number(ratio.toFixed(3)),
      spread: `${Math.min(...all).toFixed(3)} to ${Math.max(...all).toFixed(3)}`,
      'p95 ms': medianOf(runs.map(({ p95Ms }) => p95Ms)),
      'cpu ms': cpu && Number(cpu.toFixed(3)),
      'cpu ratio': cpu && bareCpu ? Number((cpu / bareCpu).toFixed(2)) : undefined,
      ...(side === 'product' && budget !== undefined ? { budget, met: ratio >= budget } : {}),
      rounds: runs.length,
    };
  });
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
