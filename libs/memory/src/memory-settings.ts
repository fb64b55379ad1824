const YOUNG_GENERATION = '--max-semi-space-size';
const ARGUMENTS = [`${YOUNG_GENERATION}=8`];
const ENVIRONMENT = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

export interface Start {
  execArgv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * How to start a process so that its memory stays level: 8 MiB for young objects, and malloc returns free memory to
 * the system (numbers: docs/internals/performance.md). Null when it was started so, or when the size of the young
 * generation was set by the one who started it, as the image does.
 */
export function startForMemory({ execArgv, env }: Start): Start | null {
  const given = [...execArgv, env['NODE_OPTIONS'] ?? ''].join(' ').replaceAll('_', '-');
  if (given.includes(YOUNG_GENERATION)) return null;
  return { execArgv: [...ARGUMENTS, ...execArgv], env: { ...ENVIRONMENT, ...env } };
}
