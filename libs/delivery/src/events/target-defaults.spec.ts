import { configFrom } from '@breakwater/platform';
import { describe, expect, it } from 'vitest';
import { targetDefaults } from './target-defaults.js';

describe('the default of an event delivery', () => {
  const config = configFrom({
    DATABASE_URL: 'postgres://localhost/x',
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  });
  const { timeoutMs, maxAttemptsOf } = targetDefaults(config);

  it('for the deadline is the deadline of async calls', () => expect(timeoutMs).toBe(30_000));

  it.each([
    [null, 3],
    [{ profile: 'endpoint' as const }, 5],
    [{ profile: 'endpoint' as const, maxAttempts: 2 }, 2],
  ])('for the number of attempts follows the retry setting %j', (retry, attempts) =>
    expect(maxAttemptsOf(retry)).toBe(attempts),
  );
});
