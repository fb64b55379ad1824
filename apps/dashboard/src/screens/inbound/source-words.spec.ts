import { describe, expect, it } from 'vitest';
import { rawRequest, sampleCurl, stateOf, verificationOf } from './source-words.js';

describe('a source in words', () => {
  it.each([
    [{ preset: 'github' }, 'github'],
    [{ preset: 'none' }, 'not verified'],
    [{ scheme: {} }, 'own scheme'],
  ])('%j is verified as %s', (verification, text) => {
    expect(verificationOf({ verification })).toBe(text);
  });

  it('what it lacks is more important than a pause', () => {
    expect(stateOf({ pausedAt: '2026-11-28T00:00:00Z', missing: ['secret'] }).word).toBe('lacks secret');
    expect(stateOf({ pausedAt: '2026-11-28T00:00:00Z', missing: [] }).word).toBe('paused');
    expect(stateOf({ pausedAt: null, missing: [] }).word).toBe('active');
  });

  it('a command quotes the address for a shell', () => {
    expect(sampleCurl("http://h/in/a'b")).toContain(String.raw`'http://h/in/a'\''b'`);
  });

  it('a request is shown as it came', () => {
    const capture = {
      method: 'POST',
      path: '/x',
      query: '?a=1',
      headers: [{ name: 'Content-Type', value: 'text/plain' }],
      bodyText: 'hello',
    };
    expect(rawRequest(capture)).toBe('POST /x?a=1\nContent-Type: text/plain\n\nhello');
    expect(rawRequest({ ...capture, query: '', headers: null, bodyText: null })).toBe('POST /x\n\n');
  });
});
