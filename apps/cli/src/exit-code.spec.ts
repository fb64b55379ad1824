import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi } from './canned-api.fixture.js';

describe('the exit code', () => {
  const api = new CannedApi();
  beforeAll(() => api.start());
  beforeEach(() => api.forget());
  afterAll(() => api.stop());

  it.each([
    [200, 0, 'ok'],
    [400, 2, 'usage'],
    [401, 4, 'unauthorised'],
    [403, 4, 'unauthorised'],
    [404, 3, 'not found'],
    [409, 5, 'refused by state'],
    [413, 2, 'usage'],
    [415, 2, 'usage'],
    [422, 2, 'usage'],
    [431, 2, 'usage'],
    [429, 1, 'failure'],
    [500, 1, 'failure'],
    [502, 1, 'failure'],
    [503, 1, 'failure'],
    [504, 1, 'failure'],
  ])('for the status %i is %i (%s)', async (status, code) => {
    api.answerWith({ code: 'CODE', title: 'Title', detail: 'Detail', history: [] }, status);
    // Not repeated, so that a passing error is told at once.
    expect(await api.breakwater('deliveries', 'cancel', '7')).toBe(code);
  });

  it.each([
    ['--help', ['--help'], 0],
    ['--version', ['--version'], 0],
    ['help of a group', ['dlq', '--help'], 0],
    ['no command', [], 2],
    ['a group without a command', ['dlq'], 2],
    ['an unknown command', ['nonsense'], 2],
    ['an unknown option', ['apps', '--nonsense'], 2],
    ['a missing argument', ['deliveries', 'cancel'], 2],
    ['an id that leads elsewhere', ['deliveries', 'cancel', '..'], 2],
    ['a file that cannot be read', ['validate', '/nowhere.json'], 2],
  ])('for %s', async (_, args, code) => expect(await api.breakwater(...args)).toBe(code));

  it.each([
    ['the problems of a manifest', ['validate', import.meta.filename], 400, 1],
    ['a check of the installation that failed', ['doctor'], 200, 1],
  ])('for %s', async (_, args, status, code) => {
    const problems = [{ pointer: '', rule: 'r', message: 'm' }];
    api.answerWith({ code: 'X', ok: false, checks: [], problems, title: 'T', detail: 'D' }, status);
    expect(await api.breakwater(...args)).toBe(code);
  });

  it('for an answer of another server is 1', async () => {
    api.answer = { status: 200, body: '<html>' };
    expect(await api.breakwater('apps')).toBe(1);
  });
});
