import { describe, expect, it } from 'vitest';
import { obstacleTo } from './obstacle.js';

describe('a claimed delivery', () => {
  const fine = { status: 'active', capability: 'job', kind: 'capability' } as const;
  it.each<[string, number, Parameters<typeof obstacleTo>[1], object | null]>([
    ['is called when nothing stands in the way', 1, fine, null],
    ['is called at the last claim within the limit', 8, fine, null],
    [
      'is poison after that claim',
      9,
      fine,
      { reason: 'poison', error: expect.stringContaining('claimed 9 times') },
    ],
    ['is poison even if its app was deleted', 9, null, { reason: 'poison' }],
    [
      'is not called when its app is gone',
      1,
      null,
      { reason: 'non_retryable', error: 'its app was deleted' },
    ],
    [
      'is not called when its endpoint is removed',
      1,
      { ...fine, status: 'removed' },
      { error: 'the manifest of its app no longer names "job"' },
    ],
    [
      'is not called when its subscription is removed',
      1,
      { ...fine, kind: 'subscription', status: 'removed' },
      { error: 'its subscription was deleted' },
    ],
    ['is called when its endpoint was disabled after the claim', 1, { ...fine, status: 'disabled' }, null],
  ])('%s', (_, claims, endpoint, expected) => {
    const obstacle = obstacleTo({ claims, body: Buffer.alloc(0) }, endpoint, 3);
    if (expected) expect(obstacle).toMatchObject(expected);
    else expect(obstacle).toBeNull();
  });

  it('is not called when its event is no longer stored', () =>
    expect(obstacleTo({ claims: 1, body: null }, fine, 3)).toEqual({
      reason: 'non_retryable',
      error: 'its event is no longer stored',
    }));
});
