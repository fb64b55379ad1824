import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateSecret, isValidSecret, SECRET_PATTERN, secretFault } from './signing-secret.js';

const pattern = new RegExp(SECRET_PATTERN, 'u');
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('what is wrong with a secret', () => {
  it.each([
    ['whsec_AAAA', 'it has 3 bytes'],
    [`whsec_${Buffer.alloc(23).toString('base64')}`, 'it has 23 bytes'],
    [`whsec_${Buffer.alloc(65).toString('base64')}`, 'it has 65 bytes'],
    ['whsec_', 'it has 0 bytes'],
    [SECRET.replace('=', ''), 'what follows is not base64 with its padding'],
    [SECRET.slice('whsec_'.length), 'it does not start with whsec_'],
    [SECRET, null],
  ])('%s: %s', (secret, fault) => expect(secretFault(secret)).toBe(fault));
});

describe('a secret', () => {
  it('that is generated is valid and holds the random bytes', () => {
    const secret = generateSecret((n) => Buffer.alloc(n, 1));
    expect(secret).toBe(`whsec_${Buffer.alloc(32, 1).toString('base64')}`);
    expect(isValidSecret(generateSecret(randomBytes))).toBe(true);
  });

  it('is valid from 24 to 64 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const valid = bytes.length >= 24 && bytes.length <= 64;
        const secret = `whsec_${Buffer.from(bytes).toString('base64')}`;
        expect([isValidSecret(secret), pattern.test(secret)]).toEqual([valid, valid]);
      }),
    );
  });

  it.each([
    ['no prefix', Buffer.alloc(32).toString('base64')],
    ['another prefix', SECRET.replace('whsec', 'whpk')],
    ['missing padding', SECRET.replace('=', '')],
    ['base64url', `whsec_${Buffer.alloc(32, 255).toString('base64url')}=`],
    ['a space', SECRET.replace('_', '_ ')],
    ['a newline', `${SECRET}\n`],
    ['a flipped last bit', `${SECRET.slice(0, -2)}d=`],
    ['nothing', ''],
    ['no text', undefined as unknown as string],
  ])('with %s is damaged', (_, secret) => {
    expect(secret).not.toBe(SECRET);
    expect([isValidSecret(secret), pattern.test(secret)]).toEqual([false, false]);
  });
});
