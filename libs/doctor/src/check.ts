/** The parts of an installation that are checked, in the order of the report. */
export const CHECK_NAMES = [
  'database',
  'migrations',
  'clock',
  'queue',
  'workers',
  'delivery',
  'mail',
  'guard',
  'encryption',
  'partitions',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** What a check found. The remedy names the setting, command or server to look at. */
export interface Finding {
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  sentence: string;
  /** Null where there is nothing to do. */
  remedy: string | null;
}

export interface CheckResult extends Finding {
  name: CheckName;
  durationMs: number;
}

export interface DoctorReport {
  /** False when a check failed; warnings do not count. */
  ok: boolean;
  checks: CheckResult[];
}

/** One check. It may fail with an exception or hang: the doctor turns both into findings. */
export abstract class Checkup {
  abstract readonly name: CheckName;
  /** Whether it needs the database: without it, its failure says nothing. */
  abstract readonly needsDatabase: boolean;
  /** What to look at when it hangs or breaks. */
  abstract readonly remedy: string;
  abstract run(): Promise<Finding>;
}

export const ok = (sentence: string): Finding => ({ state: 'ok', sentence, remedy: null });
export const skipped = (sentence: string, remedy: string | null = null): Finding => ({
  state: 'skipped',
  sentence,
  remedy,
});
export const warning = (sentence: string, remedy: string): Finding => ({
  state: 'warning',
  sentence,
  remedy,
});
export const failed = (sentence: string, remedy: string): Finding => ({ state: 'failed', sentence, remedy });

/**
 * The report of what the checks found. When the database fails, checks that need it and did not pass are skipped, so
 * that one cause is named once.
 * @param needing names of the checks that need the database
 */
export function reportOf(results: readonly CheckResult[], needing: ReadonlySet<CheckName>): DoctorReport {
  const isDown = results.some(({ name, state }) => name === 'database' && state === 'failed');
  const checks = CHECK_NAMES.flatMap((name) => results.filter((result) => result.name === name)).map(
    (result): CheckResult =>
      isDown && needing.has(result.name) && (result.state === 'failed' || result.state === 'warning')
        ? {
            ...result,
            ...skipped('It was not checked: the database does not work.', 'Repair the database first.'),
          }
        : result,
  );
  return { ok: checks.every(({ state }) => state !== 'failed'), checks };
}
