export type RedisMode = 'standalone' | 'sentinel' | 'cluster';

/** What kind of server answers to HELLO. @returns null where the answer does not say it */
export function modeOf(answer: unknown): RedisMode | null {
  const pairs = Array.isArray(answer)
    ? answer
    : answer instanceof Map
      ? [...answer].flat()
      : Object.entries(answer ?? {}).flat();
  const mode: unknown = pairs[pairs.indexOf('mode') + 1];
  return mode === 'standalone' || mode === 'sentinel' || mode === 'cluster' ? mode : null;
}
