import { describe, expect, it } from 'vitest';
import { startForMemory } from './memory-settings.js';

describe('a start', () => {
  it('without memory settings is repeated with ours', () => {
    const start = startForMemory({
      execArgv: ['--enable-source-maps'],
      env: { A: 'b', MALLOC_ARENA_MAX: '4' },
    });
    expect(start).toEqual({
      execArgv: ['--max-semi-space-size=8', '--enable-source-maps'],
      env: { A: 'b', MALLOC_ARENA_MAX: '4', MALLOC_TRIM_THRESHOLD_: '131072' },
    });
    expect(startForMemory(start!)).toBeNull();
  });

  it.each([
    [['--max-semi-space-size=32'], {}],
    [['--max_semi_space_size', '32'], {}],
    [[], { NODE_OPTIONS: '--max-old-space-size=160 --max-semi-space-size=8' }],
  ])('with a size of the young generation stays as it is: %j %j', (execArgv, env) => {
    expect(startForMemory({ execArgv, env })).toBeNull();
  });
});
