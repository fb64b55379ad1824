import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi } from '../canned-api.fixture.js';

const result = (id: string, state: string, remedy: string | null = null): object => ({
  id,
  title: `What ${id} is about`,
  state,
  sent: 'a call',
  expected: 'a status from 200 to 299',
  seen: 'HTTP 500',
  matters: 'It would fail.',
  remedy,
});

const run = {
  id: '0190-7',
  target: { kind: 'capability', name: 'answer' },
  state: 'passed',
  passed: 1,
  failed: 0,
  skipped: 0,
  total: 1,
  results: [result('answers', 'passed')],
};
const failed = {
  ...run,
  state: 'failed',
  failed: 1,
  results: [result('answers', 'passed'), result('no-redirect', 'failed', 'Register the right URL.')],
};

describe('conformance', () => {
  const api = new CannedApi();
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  beforeAll(() => api.start());
  beforeEach(() => api.forget());
  afterAll(() => {
    api.stop();
    rmSync(folder, { recursive: true });
  });

  it('starts a run, tells of each check, and ends with 0 when all passed', async () => {
    api.answerWith(run);
    expect(await api.breakwater('conformance', 'quiz', '--capability', 'answer', '--keep')).toBe(0);
    const [start, look] = api.requests;
    expect(start).toMatchObject({ method: 'POST', path: '/api/v1/apps/quiz/conformance-runs' });
    expect(JSON.parse(start!.body)).toEqual({ capability: 'answer', keep: true });
    expect(look).toMatchObject({ method: 'GET', path: '/api/v1/apps/quiz/conformance-runs/0190-7' });
    expect(api.out).toEqual([
      'ok       What answers is about',
      '',
      'capability answer: passed (1 passed, 0 failed, 0 skipped of 1)',
      'report: 0190-7',
    ]);
  });

  it('prints of each failure what to do, and ends with 1', async () => {
    api.answerWith(failed);
    expect(await api.breakwater('conformance', 'quiz')).toBe(1);
    expect(api.out).toEqual([
      'ok       What answers is about',
      'FAILED   What no-redirect is about',
      '',
      'no-redirect:',
      '  expected  a status from 200 to 299',
      '  seen      HTTP 500',
      '  matters   It would fail.',
      '  do        Register the right URL.',
      '',
      'capability answer: failed (1 passed, 1 failed, 0 skipped of 1)',
      'report: 0190-7',
    ]);
  });

  it('prints the report unchanged with --json, and the exit code is the same', async () => {
    api.answerWith(failed);
    expect(await api.breakwater('--json', 'conformance', 'quiz')).toBe(1);
    expect(api.out).toEqual([JSON.stringify(failed)]);
  });

  it.each([
    ['typed', ['--payload', '{"total":12}']],
    ['of a file', ['--payload-file', join(folder, 'payload.json')]],
  ])('sends a payload %s', async (_, options) => {
    writeFileSync(join(folder, 'payload.json'), '{"total":12}');
    api.answerWith(run);
    expect(await api.breakwater('conformance', 'quiz', '--subscription', 'ledger', ...options)).toBe(0);
    expect(JSON.parse(api.requests[0]!.body)).toEqual({ subscription: 'ledger', payload: { total: 12 } });
  });

  it('ends with 1 when another server answers', async () => {
    api.answerWith({ hello: 'world' });
    expect(await api.breakwater('conformance', 'quiz')).toBe(1);
    expect(api.err.join()).toContain('not one of Breakwater’s');
  });

  it('sends nothing when the command line contradicts itself', async () => {
    expect(await api.breakwater('conformance', 'quiz', '--capability', 'a', '--subscription', 'b')).not.toBe(
      0,
    );
    expect(await api.breakwater('conformance', 'quiz', '--payload', 'no JSON')).not.toBe(0);
    expect(api.requests).toEqual([]);
  });
});
