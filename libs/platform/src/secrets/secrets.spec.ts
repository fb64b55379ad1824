import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configFrom } from '../config/index.js';
import { EncryptionKeyWrongError, judgeKeys, keyCheck, SecretBox, SecretDamagedError } from './index.js';

const base64 = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const boxOf = (keys: string) => new SecretBox(configFrom({ ENCRYPTION_KEYS: keys }, { standalone: true }));
const box = boxOf(`new:${base64(1)},old:${base64(2)}`);
const oldBox = boxOf(`old:${base64(2)}`);

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  return null;
};

describe('a sealed secret', () => {
  it('opens to what was sealed, whatever text and row', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plaintext, aad) => {
        expect(box.open(box.seal(plaintext, aad), aad)).toBe(plaintext);
      }),
    );
  });

  it('names version and current key, and is never the same twice', () => {
    const sealed = box.seal('whsec_x', 'endpoint:1');
    expect(sealed).toMatch(/^v1\.new\.[A-Za-z0-9_-]+$/);
    expect(box.seal('whsec_x', 'endpoint:1')).not.toBe(sealed);
  });

  it('of an older key still opens and is reported as stale', () => {
    const sealed = oldBox.seal('s', 'row');
    expect(box.open(sealed, 'row')).toBe('s');
    const current = (record: string): boolean => record.startsWith(box.currentPrefix);
    expect([current(sealed), current(box.seal('s', 'row'))]).toEqual([false, true]);
  });

  it('cannot be opened in another row', () => {
    expect(() => box.open(box.seal('s', 'row:1'), 'row:2')).toThrow(SecretDamagedError);
  });

  it('cannot be opened with any one character changed', () => {
    const sealed = box.seal('secret', 'row');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom('A', 'b', '.', '-', '=', '!'), (at, other) => {
        fc.pre(sealed[at] !== other);
        const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
        expect(thrownBy(() => box.open(changed, 'row'))).toMatchObject({ code: 'SECRET_DAMAGED' });
      }),
    );
  });

  it.each([
    '',
    'v1',
    'v1.new',
    'v1.new.',
    'v1.new.AAAA',
    'v2.new.AAAA',
    'whsec_plain',
    `v1.new.${'A'.repeat(40)}.x`,
  ])('%j is malformed, and the error does not show it', (text) => {
    const error = thrownBy(() => box.open(text, 'row'));
    expect(error).toBeInstanceOf(SecretDamagedError);
    expect((error as Error).message).toBe('a sealed secret is malformed');
  });

  it('of a key that is no longer configured names that key', () => {
    const error = thrownBy(() => oldBox.open(box.seal('s', 'row'), 'row'));
    expect(error).toMatchObject({
      code: 'SECRET_DAMAGED',
      message: expect.stringContaining('"new"') as unknown,
    });
  });

  it('cannot be made without a key', () => {
    const none = new SecretBox(configFrom({}, { standalone: true }));
    expect(() => none.seal('s', 'row')).toThrow(SecretDamagedError);
  });
});

describe('judgeKeys', () => {
  const a = { id: 'a', key: Buffer.alloc(32, 1) };
  const otherA = { id: 'a', key: Buffer.alloc(32, 2) };
  const b = { id: 'b', key: Buffer.alloc(32, 1) };

  it.each([
    [
      'a first start stores every key',
      [a, b],
      [],
      { wrong: [], fresh: [keyCheck(a), keyCheck(b)], missing: [] },
    ],
    ['the same key is fine', [a], [keyCheck(a)], { wrong: [], fresh: [], missing: [] }],
    [
      'another key under a known id is wrong',
      [otherA],
      [keyCheck(a)],
      { wrong: ['a'], fresh: [], missing: [] },
    ],
    ['a removed key is missing', [b], [keyCheck(a)], { wrong: [], fresh: [keyCheck(b)], missing: ['a'] }],
    [
      'a shortened check is wrong',
      [a],
      [{ keyId: 'a', check: 'f00' }],
      { wrong: ['a'], fresh: [], missing: [] },
    ],
  ])('%s', (_, keys, stored, expected) => expect(judgeKeys(keys, stored)).toEqual(expected));

  it('gives the same bytes under two ids different checks, so that checks reveal nothing', () => {
    expect(keyCheck(a).check).not.toBe(keyCheck(b).check);
  });

  it('names the ids when it refuses', () => {
    expect(new EncryptionKeyWrongError(['a'])).toMatchObject({
      code: 'ENCRYPTION_KEY_WRONG',
      message: expect.stringContaining('id(s) a ') as unknown,
    });
  });
});
