import { describe, expect, it } from 'vitest';
import { missingKeys } from './missing-keys.js';

const sealed = (keyId: string) => ({ keyId, secrets: 1, headers: 2, manifests: 3, keys: 4 });

describe('a key that sealed stored records', () => {
  it.each([
    [
      'is missing when it is not configured, with the number of its records',
      ['k2'],
      [{ keyId: 'k1', records: 10 }],
    ],
    ['is not missing when it is configured', ['k2', 'k1'], []],
  ])('%s', (_, atHand, expected) => {
    expect(missingKeys([sealed('k1'), sealed('k2')], atHand)).toEqual(expected);
  });
});
