const YOUNG_GENERATION = '--max-semi-space-size';
const ARGUMENTS = [`${YOUNG_GENERATION}=8`];
const ENVIRONMENT = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

export interface Start {
  execArgv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * How a process is to be started so that its memory stays level: young objects in 8 MiB, and what malloc no longer
 * needs goes back to the system (numbers: docs/internals/performance.md). Null when it was started so, or when whoever
 * started it has chosen the size of the young generation, as the image does.
 */
export function startForMemory({ execArgv, env }: Start): Start | null {
  const given = [...execArgv, env['NODE_OPTIONS'] ?? ''].join(' ').replaceAll('_', '-');
  if (given.includes(YOUNG_GENERATION)) return null;
  return { execArgv: [...ARGUMENTS, ...execArgv], env: { ...ENVIRONMENT, ...env } };
}
