import { describe, expect, it } from 'vitest';
import { PRESETS } from '../presets/index.js';
import type { Scheme } from '../verification/scheme.js';
import { resolveSource, type SourceRecord } from './resolve-source.js';

const opened = { secrets: ['new', 'old'], expiredSecrets: [], problem: null };
const record: SourceRecord = {
  id: 's',
  appId: 'a',
  name: 'github',
  verification: { preset: 'github' },
  answer: null,
  dedupe: null,
  isPaused: false,
  keyExpiresAt: null,
};
const resolved = (changes: Partial<SourceRecord>) =>
  resolveSource({ ...record, ...changes }, opened, (name) => PRESETS.get(name) ?? null);

describe('a source with everything that a request needs', () => {
  it('has the scheme, the id and the handshakes of its preset', () => {
    const slack = PRESETS.get('slack')!;
    expect(resolved({ verification: { preset: 'slack' } })).toMatchObject({
      eventType: 'inbound.github',
      preset: slack,
      scheme: slack.scheme,
      handshakes: slack.handshakes,
      dedupeId: slack.dedupeId,
      secrets: ['new', 'old'],
      answer: { status: 200, contentType: null, body: '' },
      key: { state: 'current' },
      problem: null,
    });
  });

  it('has a scheme of its own', () => {
    const scheme = { kind: 'shared', value: { header: 'X-Token' } } as Scheme;
    expect(resolved({ verification: { scheme } })).toMatchObject({
      preset: null,
      scheme,
      handshakes: [],
      dedupeId: null,
    });
  });

  it('accepts everything with the preset none', () => {
    expect(resolved({ verification: { preset: 'none' } })).toMatchObject({ scheme: null, problem: null });
  });

  it('has the options of its verification', () => {
    const verification = { preset: 'paypal', toleranceSeconds: 5, webhookId: 'x' };
    expect(resolved({ verification }).options).toEqual({ toleranceS: 5, values: { webhookId: 'x' } });
    expect(resolved({}).options).toEqual({ values: {} });
  });

  it.each([
    [{ header: 'X-Id' } as const, { header: 'X-Id' }],
    ['none' as const, null],
    [null, { header: 'X-GitHub-Delivery' }],
  ])('finds the id by the setting %j', (dedupe, expected) => {
    expect(resolved({ dedupe }).dedupeId).toEqual(expected);
  });

  it('says that its preset is not known, so that it is not taken for unverified', () => {
    expect(resolved({ verification: { preset: 'of-a-later-version' } })).toMatchObject({
      scheme: null,
      problem: 'this version has no preset "of-a-later-version"',
    });
  });

  it('was asked for by a former key', () => {
    const keyExpiresAt = new Date('2026-11-28T12:00:00Z');
    expect(resolved({ keyExpiresAt }).key).toEqual({ state: 'old', expiresAt: keyExpiresAt });
  });
});
