import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Outcome, Timed, WebhookClient } from '@breakwater/webhook-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_ANSWER, type ResolvedSource } from '../sources/source.js';
import type { InboundRequest } from '../verification/request.js';
import type { Scheme } from '../verification/scheme.js';
import { FetchedKeys } from './fetched-keys.service.js';
import { VerifyCapture } from './verify-capture.service.js';

const URL = 'https://hooks.example/in/k';
const JWKS = 'https://keys.example/jwks';

const source = (more: Partial<ResolvedSource> = {}): ResolvedSource => ({
  id: 's',
  appId: 'shop',
  name: 'provider',
  eventType: 'inbound.provider',
  preset: null,
  scheme: null,
  options: {},
  handshakes: [],
  secrets: [],
  expiredSecrets: [],
  problem: null,
  dedupeId: null,
  answer: DEFAULT_ANSWER,
  isPaused: false,
  key: { state: 'current' },
  ...more,
});

const request = (headers: [string, string][] = []): InboundRequest => ({
  method: 'POST',
  url: URL,
  headers,
  body: Buffer.from('{}'),
});

const shared: Scheme = { kind: 'shared', value: { header: 'x-token' } };
const jwt: Scheme = { kind: 'jwt', token: { header: 'x-jwt' }, algorithms: ['RS256'], jwks: JWKS };

const pairOf = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const keySet = (...keys: [string, KeyObject][]): string =>
  JSON.stringify({ keys: keys.map(([kid, key]) => ({ ...key.export({ format: 'jwk' }), kid })) });
const token = (kid: string, key: KeyObject): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', kid })}.${part({ sub: 'x' })}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
};

/** A provider whose key set is what `text` says now; null: it is not there; undefined: the provider does not answer. */
function providerOf(text: () => string | null | undefined) {
  let asked = 0;
  const probe = async (): Promise<Outcome & Timed> => {
    asked++;
    const set = text();
    if (set === undefined) return { kind: 'timeout', message: 'late', durationMs: 1 };
    const response = { headers: {}, body: Buffer.from(set ?? ''), truncated: false, bytesSeen: 1 };
    return set === null
      ? { kind: 'http_error', status: 404, response, retryAfterMs: null, durationMs: 1 }
      : { kind: 'delivered', status: 200, response, durationMs: 1 };
  };
  const verification = new VerifyCapture(new FetchedKeys({ probe } as unknown as WebhookClient));
  const judge = (headers: [string, string][], of = source({ scheme: jwt })) =>
    verification.verify(of, request(headers), URL);
  return { judge, asked: () => asked };
}

describe('a request to a source', () => {
  const { judge } = providerOf(() => null);

  it('is accepted if the source verifies nothing', async () =>
    expect(await judge([], source())).toEqual({ kind: 'verified', secretIndex: 0 }));

  it.each([
    ['the secret', 'abc', { kind: 'verified' }],
    ['another one', 'abd', { kind: 'refused', step: 'signature_mismatch' }],
  ])('is judged by its scheme: %s', async (_, sent, expected) => {
    const of = source({ scheme: shared, secrets: ['abc'] });
    expect(await judge([['X-Token', sent]], of)).toMatchObject(expected);
  });

  it('is not judged while a secret of the source cannot be opened', async () => {
    const of = source({ scheme: shared, problem: 'the encryption key k9 is missing' });
    await expect(judge([], of)).rejects.toMatchObject({
      code: 'CAPTURE_UNAVAILABLE',
      message: 'the request cannot be verified now: the encryption key k9 is missing',
      retryAfterS: 60,
    });
  });
});

describe('a key that must be fetched', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());
  const [old, newer] = [pairOf(), pairOf()];

  it('is fetched once for all requests', async () => {
    const { judge, asked } = providerOf(() => keySet(['1', old.publicKey]));
    for (let times = 0; times < 3; times++)
      expect(await judge([['x-jwt', token('1', old.privateKey)]])).toMatchObject({ kind: 'verified' });
    expect(asked()).toBe(1);
  });

  it('is fetched again for a new key of the provider, but at most once a minute', async () => {
    let set = keySet(['1', old.publicKey]);
    const { judge, asked } = providerOf(() => set);
    await judge([['x-jwt', token('1', old.privateKey)]]);
    set = keySet(['1', old.publicKey], ['2', newer.publicKey]);
    const rotated: [string, string][] = [['x-jwt', token('2', newer.privateKey)]];
    expect(await judge(rotated)).toMatchObject({ kind: 'refused', step: 'key_malformed' });
    expect(asked()).toBe(1);
    vi.advanceTimersByTime(60_000);
    expect(await judge(rotated)).toMatchObject({ kind: 'verified' });
    expect(asked()).toBe(2);
    const forged: [string, string][] = [['x-jwt', token('2', old.privateKey)]];
    for (let times = 0; times < 3; times++)
      expect(await judge(forged)).toMatchObject({ kind: 'refused', step: 'signature_mismatch' });
    expect(asked()).toBe(2);
  });

  it('is the old one while the provider does not answer', async () => {
    let set: string | undefined = keySet(['1', old.publicKey]);
    const { judge, asked } = providerOf(() => set);
    const signed: [string, string][] = [['x-jwt', token('1', old.privateKey)]];
    expect(await judge(signed)).toMatchObject({ kind: 'verified' });
    set = undefined;
    vi.advanceTimersByTime(3_600_000);
    expect(await judge(signed)).toMatchObject({ kind: 'verified' });
    expect(asked()).toBe(2);
  });

  it('that does not exist refuses the request', async () => {
    const { judge } = providerOf(() => null);
    expect(await judge([['x-jwt', token('1', old.privateKey)]])).toEqual({
      kind: 'refused',
      step: 'key_refused',
      detail: `The key at ${JWKS} could not be fetched: 404.`,
    });
  });
});
