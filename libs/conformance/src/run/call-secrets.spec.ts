import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { secretsOf } from './call-secrets.js';

const own = ['whsec_bmV3', 'whsec_b2xk'];

describe('the secrets of a call', () => {
  it('are the endpoint’s own', () => {
    expect(secretsOf('own', own, randomBytes)).toEqual(own);
  });

  it('have a new one in front while they rotate', () => {
    expect(secretsOf('rotated', own, randomBytes)).toEqual([expect.stringMatching(/^whsec_/), ...own]);
  });

  it('are none that the app has', () => {
    const [other, ...more] = secretsOf('other', own, randomBytes);
    expect([own.includes(other!), more]).toEqual([false, []]);
  });

  it('have another key pair, too, where the app verifies with a public key', () => {
    const secrets = secretsOf('other', [...own, 'whsk_a2V5'], randomBytes);
    expect(secrets).toEqual([expect.stringMatching(/^whsec_/), expect.stringMatching(/^whsk_/)]);
    expect(secrets).not.toContain('whsk_a2V5');
  });
});
