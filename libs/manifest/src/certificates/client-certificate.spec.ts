import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkCertificate, factsOfPem } from './client-certificate.js';

const pem = (name: string): string =>
  readFileSync(new URL(`../../../webhook-client/src/fixtures/${name}.pem`, import.meta.url), 'utf8');
const client = pem('client');
const key = pem('key');
const now = new Date('2026-06-01T00:00:00Z');
const otherKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
const encrypted = generateKeyPairSync('ed25519').privateKey.export({
  format: 'pem',
  type: 'pkcs8',
  cipher: 'aes-256-cbc',
  passphrase: 'x',
}) as string;

describe('a client certificate', () => {
  it('is taken with its key, and says whose it is and until when it is valid', () => {
    expect(checkCertificate(`text before\n${client}`, key, now)).toEqual({
      ok: true,
      certificate: client,
      facts: {
        subject: 'CN=client of quiz-night',
        issuer: 'CN=Breakwater test authority',
        serialNumber: '1001',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        validFrom: new Date('2020-01-01T00:00:00Z'),
        validTo: new Date('2120-01-01T00:00:00Z'),
      },
    });
    expect(factsOfPem(client).subject).toBe('CN=client of quiz-night');
  });

  it('is taken with its chain, its own first', () => {
    expect(checkCertificate(client + pem('authority'), key, now)).toMatchObject({
      ok: true,
      certificate: client + pem('authority'),
      facts: { subject: 'CN=client of quiz-night' },
    });
  });

  it.each([
    ['no certificate', 'nonsense', key, [['/certificate', 'pem']]],
    ['too many certificates', client.repeat(11), key, [['/certificate', 'pem']]],
    ['a damaged certificate', client.replace('MII', 'AAA'), key, [['/certificate', 'pem']]],
    ['no key', client, 'nonsense', [['/key', 'pem']]],
    ['a certificate for a key', client, client, [['/key', 'pem']]],
    ['an encrypted key', client, encrypted, [['/key', 'encrypted']]],
    ['another key', client, otherKey, [['/key', 'key_match']]],
    ['a certificate for servers', pem('good'), key, [['/certificate', 'purpose']]],
    [
      'both wrong',
      'nonsense',
      'nonsense',
      [
        ['/certificate', 'pem'],
        ['/key', 'pem'],
      ],
    ],
    [
      'an expired one',
      pem('expired'),
      key,
      [
        ['/certificate', 'expired'],
        ['/certificate', 'purpose'],
      ],
    ],
  ])('is refused: %s', (_, certificate, ofKey, expected) => {
    const checked = checkCertificate(certificate, ofKey, now);
    expect(checked.ok ? [] : checked.problems.map(({ pointer, rule }) => [pointer, rule])).toEqual(expected);
    expect(JSON.stringify(checked)).not.toContain('PRIVATE');
  });

  it.each([
    ['before its time', '2019-12-31T23:59:59Z', 'not_yet_valid'],
    ['when its time is over', '2120-01-01T00:00:00Z', 'expired'],
  ])('is refused %s', (_, at, rule) =>
    expect(checkCertificate(client, key, new Date(at))).toMatchObject({ ok: false, problems: [{ rule }] }),
  );
});
