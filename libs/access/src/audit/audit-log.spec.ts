import { Logger } from '@nestjs/common';
import { Database, newId, PrismaService } from '@breakwater/platform';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditedAction } from './audit-entry.js';
import { AuditLog } from './audit-log.service.js';
import { AuditLogStore } from './audit-log.store.js';

let test: TestDatabase;
let database: Database;
let audit: AuditLog;
const open: Database[] = [];

function connect(url: string): { database: Database; audit: AuditLog } {
  const opened = new Database({ url, poolMax: 3 });
  open.push(opened);
  return { database: opened, audit: new AuditLog(new AuditLogStore(new PrismaService(opened))) };
}
const nowhere = async () => connect(`postgresql://nobody@127.0.0.1:${await freePort()}/none`).audit;

beforeAll(async () => {
  Logger.overrideLogger(false);
  test = await createTestDatabase();
  ({ database, audit } = connect(test.url));
});
beforeEach(() => test.run('DELETE FROM audit_log'));
afterAll(async () => {
  await Promise.all(open.map((each) => each.onApplicationShutdown()));
  await test.drop();
});

const keyId = newId();
const action = (part: Partial<AuditedAction> = {}): AuditedAction => ({
  actor: 'ci',
  actorKeyId: keyId,
  action: 'app.update',
  target: 'quiz',
  appId: 'quiz',
  requestId: 'r-1',
  detail: { fields: ['status'] },
  ...part,
});
const lines = () => audit.list({}, 100);
const line = async (id: string) => (await lines()).find((each) => each.id === id)!;

describe('an action in the audit log', () => {
  it('is stored before the action has ended', async () => {
    const id = await audit.begin(action());
    expect(await line(id)).toEqual({
      id,
      ...action(),
      outcome: 'started',
      status: null,
      finishedAt: null,
      at: expect.any(Date),
    });
  });

  it.each([
    [200, 'done'],
    [409, 'refused'],
    [503, 'failed'],
  ])('that was answered with %i is %s', async (status, outcome) => {
    const id = await audit.begin(action());
    await audit.end(id, { status, detail: { count: 3 } });
    expect(await line(id)).toMatchObject({
      outcome,
      status,
      finishedAt: expect.any(Date),
      detail: { fields: ['status'], count: 3 },
    });
  });

  it('gets its app from the answer, if it was not known before', async () => {
    const [unknown, known] = [await audit.begin(action({ appId: null })), await audit.begin(action())];
    for (const id of [unknown, known]) await audit.end(id, { status: 200, appId: 'other' });
    expect([(await line(unknown)).appId, (await line(known)).appId]).toEqual(['other', 'quiz']);
  });

  it('without a detail has none', async () => {
    const id = await audit.begin(action({ detail: null }));
    await audit.end(id, { status: 204 });
    expect((await line(id)).detail).toBeNull();
  });

  it('is not changed when it has ended, nor removed, by any process', async () => {
    const id = await audit.begin(action());
    await audit.end(id, { status: 200 });
    await audit.end(id, { status: 500 });
    expect((await line(id)).outcome).toBe('done');
    const changed = async (text: string) => (await database.pool.query(text)).rowCount;
    expect(await changed(`UPDATE audit_log SET outcome = 'failed'`)).toBe(0);
    expect(await changed('DELETE FROM audit_log')).toBe(0);
    await expect(changed(`UPDATE audit_log SET actor = 'somebody else'`)).rejects.toThrow(/denied/);
    await expect(changed(`UPDATE audit_log SET at = now()`)).rejects.toThrow(/denied/);
    await expect(changed('TRUNCATE audit_log')).rejects.toThrow(/denied/);
  });

  it('does not begin while the database is unavailable', async () => {
    await expect((await nowhere()).begin(action())).rejects.toThrow(/ECONNREFUSED|reach database/);
  });

  it('has ended, whether that can be stored or not', async () => {
    await expect((await nowhere()).end(newId(), { status: 200 })).resolves.toBeUndefined();
  });
});

describe('the list of the audit log', () => {
  it.each([
    [{ actor: 'ci' }, ['a', 'b']],
    [{ action: 'app.delete' }, ['b']],
    [{ appId: 'other' }, ['c']],
    [{ target: 'a' }, ['a']],
    [{ outcome: 'done' as const }, ['b']],
    [{ from: new Date(Date.now() - 60_000) }, ['a', 'b', 'c']],
    [{ to: new Date(Date.now() - 60_000) }, []],
    [{ actor: 'ci', outcome: 'started' as const }, ['a']],
  ])('of %j', async (filter, targets) => {
    await audit.begin(action({ target: 'a' }));
    const b = await audit.begin(action({ target: 'b', action: 'app.delete' }));
    await audit.end(b, { status: 200 });
    await audit.begin(action({ target: 'c', actor: 'someone', appId: 'other' }));
    expect((await audit.list(filter, 10)).map(({ target }) => target).sort()).toEqual(targets);
  });

  it('continues where a page ended, newest first, also among lines of the same moment', async () => {
    for (let n = 0; n < 7; n++) await audit.begin(action({ target: String(n) }));
    await test.run('UPDATE audit_log SET at = (SELECT min(at) FROM audit_log) WHERE target < $$5$$');
    const seen: string[] = [];
    for (let page = await audit.list({}, 3); page.length > 0;) {
      seen.push(...page.map(({ target }) => target));
      page = await audit.list({}, 3, page.at(-1));
    }
    expect(seen).toEqual(['6', '5', '4', '3', '2', '1', '0']);
  });
});
