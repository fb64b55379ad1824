import { describe, expect, it } from 'vitest';
import { bodiesOf } from './bodies.js';
import type { CheckResult, CheckState, Shape } from './check.js';
import { CHECKS, obstacleOf, resultOf, stateOf } from './checks.js';

const shape: Shape = { bodies: bodiesOf({ n: 1 }), isSync: true, atOnce: 5 };
const result = (id: string, state: CheckState): CheckResult => ({
  ...resultOf(CHECKS[0]!, state, 'seen'),
  id,
});

describe('the checks', () => {
  it('are twenty, each with a name of its own', () => {
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(20);
  });

  it('make 20 calls: one at a time, and five at once at the end', () => {
    const counts = CHECKS.map(({ calls }) => calls?.(shape).length ?? 0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(Math.max(...counts.slice(0, -2))).toBe(1);
  });

  it('begin with one that makes a call and needs nothing', () => {
    expect(CHECKS[0]).toMatchObject({ id: 'answers', needs: [] });
    expect(CHECKS[0]!.calls?.(shape)).toHaveLength(1);
  });

  it('make no call at once where the endpoint gets one at a time', () => {
    const parallel = CHECKS.find(({ id }) => id === 'accepts-parallel')!;
    expect(parallel.calls?.({ ...shape, atOnce: 1 })).toEqual([]);
    expect(parallel.calls?.({ ...shape, atOnce: 2 })).toHaveLength(2);
  });

  it.each(CHECKS.map((check, place) => [check.id, check, place] as const))(
    '%s says what it does in whole words, and needs only those before it',
    (_, { title, sends, expects, matters, remedy, needs }, place) => {
      for (const text of [title, sends, expects]) expect(text).toMatch(/^\w.{10,}[^.]$/);
      expect(matters).toMatch(/^[A-Z0-9].{20,}\.$/);
      expect(remedy).toMatch(/^[A-Z].{20,}\.$/);
      const before = CHECKS.slice(0, place).map(({ id }) => id);
      expect(before).toEqual(expect.arrayContaining([...needs]));
    },
  );
});

describe('a check', () => {
  const redirect = CHECKS.find(({ id }) => id === 'no-redirect')!;

  it.each<[string, CheckResult[], string | null]>([
    ['is made when those that it needs passed', [result('answers', 'passed')], null],
    ['is not made when one of them failed', [result('answers', 'failed')], CHECKS[0]!.title],
    ['is not made when one of them was skipped', [result('answers', 'skipped')], CHECKS[0]!.title],
  ])('%s', (_, results, obstacle) => {
    expect(obstacleOf(redirect, results)).toBe(obstacle);
  });

  it('has a remedy only when it failed', () => {
    expect(resultOf(redirect, 'failed', 'HTTP 302', { calls: 1, durationMs: 7 })).toMatchObject({
      id: 'no-redirect',
      seen: 'HTTP 302',
      remedy: redirect.remedy,
      calls: 1,
      durationMs: 7,
    });
    expect(resultOf(redirect, 'passed', 'HTTP 200')).toMatchObject({ remedy: null, calls: 0, durationMs: 0 });
  });
});

describe('a run', () => {
  it.each<[string, CheckState[], string]>([
    ['passed when every check did', ['passed', 'passed'], 'passed'],
    ['passed when a check was skipped that does not apply', ['passed', 'skipped'], 'passed'],
    ['failed when one check did', ['passed', 'failed', 'skipped'], 'failed'],
  ])('%s', (_, states, expected) => {
    expect(stateOf(states.map((state) => result('x', state)))).toBe(expected);
  });
});
