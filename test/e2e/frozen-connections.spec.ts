import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { Link } from '@breakwater/testing/link.js';
import { PrivatePostgres } from '@breakwater/testing/private-servers.js';
import type { Answer, HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';

const ACCEPT_TIMEOUT_MS = 1_000;
const STATEMENT_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 1_000;
/** Longest wait for a connection plus a statement. On a busy machine answers come a bit later. */
const ANSWERS_WITHIN_MS = CONNECT_TIMEOUT_MS + STATEMENT_TIMEOUT_MS + 3_000;
/** Repeats a call with its own key until it is accepted. */
interface Caller {
  key: string;
  id?: string;
}

describe('between the processes and PostgreSQL', () => {
  let postgres: PrivatePostgres;
  let link: Link;
  let platform: Platform;
  let client: HttpClient;
  let appId: string;
  const refused: Answer[] = [];
  const callers: Caller[] = [];

  beforeAll(async () => {
    postgres = await PrivatePostgres.start();
    link = await Link.to(postgres.url);
    platform = await Platform.start({
      databaseUrl: postgres.url,
      env: {
        DATABASE_URL: link.url,
        ACCEPT_TIMEOUT: String(ACCEPT_TIMEOUT_MS),
        DATABASE_STATEMENT_TIMEOUT: String(STATEMENT_TIMEOUT_MS),
        DATABASE_CONNECT_TIMEOUT: String(CONNECT_TIMEOUT_MS),
        // A call whose result could not be stored is made again after its timeout and this.
        DELIVERY_LEASE_MARGIN: '3000',
      },
    });
    const [api] = await Promise.all([platform.api(), platform.worker()]);
    appId = await platform.register(api, { quiz_answer: {}, report: { async: true, timeout: 2000 } });
    platform.receiver.on('/quiz_answer', { body: '{"success":true,"data":42}' });
    client = platform.client(api);
    await well();
  });

  afterAll(async () => {
    await platform?.stop();
    await link?.cut();
    await postgres?.remove();
  });

  const readApp = (): Promise<Answer> => client.get(`/api/v1/admin/apps/${appId}`);
  const call = (): Promise<Answer> => client.invoke(appId, 'quiz_answer');

  /** One try of a caller; a refusal says when to try again. */
  async function tryAgain(caller: Caller): Promise<boolean> {
    const answer = await client.invoke(
      appId,
      'report',
      {},
      {},
      { headers: { 'idempotency-key': caller.key } },
    );
    if (answer.status === 202) caller.id = answer.json.deliveryId as string;
    else refused.push(answer);
    return answer.status === 202;
  }

  async function accepted(caller: Caller): Promise<void> {
    await eventually(() => tryAgain(caller), { limitMs: 30_000, what: `${caller.key} is accepted` });
  }

  function newCallers(count: number): Caller[] {
    const made = Array.from({ length: count }, () => ({ key: `key-${callers.length}-${Math.random()}` }));
    callers.push(...made);
    return made;
  }

  /** Every kind of request gets its normal answer. */
  async function well(): Promise<void> {
    await Promise.all(newCallers(5).map((caller) => accepted(caller)));
    await eventually(async () => (await call()).status === 200, {
      limitMs: 30_000,
      what: 'calls are answered',
    });
    await eventually(async () => (await readApp()).status === 200, {
      limitMs: 30_000,
      what: 'apps are read',
    });
  }

  /** Also without keys, so that both ways of accepting are used. */
  const everyKind = (): Promise<Answer>[] => [
    ...Array.from({ length: 10 }, () => client.invoke(appId, 'report')),
    ...Array.from({ length: 5 }, () => call()),
    ...Array.from({ length: 5 }, () => readApp()),
  ];

  async function onServer(sql: string): Promise<void> {
    const owner = new pg.Client({
      connectionString: postgres.url,
      options: '-c default_transaction_read_only=off',
    });
    await owner.connect();
    for (const each of sql.split(';')) await owner.query(each);
    await owner.end();
  }

  function expectRightAnswers(answers: Answer[]): void {
    expect(answers.filter(({ status }) => ![200, 202, 503].includes(status)).map(({ text }) => text)).toEqual(
      [],
    );
    for (const { afterMs } of answers) expect(afterMs).toBeLessThan(ANSWERS_WITHIN_MS);
    for (const { headers, json } of answers.filter(({ status }) => status === 503)) {
      expect(json).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      expect(headers['retry-after']).toBe('2');
    }
  }

  it.each([1, 2, 3])(
    'all connections freeze, round %i: each request ends in time, and everything works again',
    async () => {
      link.freeze();
      const trying = newCallers(20).map((caller) => accepted(caller));
      expectRightAnswers(await Promise.all(everyKind()));
      await well();
      await Promise.all(trying);
    },
  );

  it('answers are lost: what was stored is found by its key', async () => {
    link.loseAnswers();
    const trying = newCallers(20).map((caller) => accepted(caller));
    expectRightAnswers(await Promise.all(everyKind()));
    await well();
    await Promise.all(trying);
  });

  it('a synchronous standby is lost: acceptance is refused in time, and works when the standby is back', async () => {
    await onServer(`ALTER SYSTEM SET synchronous_standby_names = 'lost'; SELECT pg_reload_conf()`);
    const lost = newCallers(3);
    expectRightAnswers(await Promise.all(Array.from({ length: 10 }, () => client.invoke(appId, 'report'))));
    expect(await Promise.all(lost.map((caller) => tryAgain(caller)))).toEqual([false, false, false]);
    await onServer(`ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf()`);
    await Promise.all(lost.map((caller) => accepted(caller)));
    await well();
  });

  it('the server takes no writes: 503, and everything works with the next connection', async () => {
    await onServer(`ALTER SYSTEM SET default_transaction_read_only = on; SELECT pg_reload_conf()`);
    const [caller] = newCallers(1);
    await eventually(async () => !(await tryAgain(caller!)), { what: 'the server takes no writes' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.invoke(appId, 'report')));
    expectRightAnswers(answers);
    expect(answers.map(({ status }) => status)).toContain(503);
    await onServer(`ALTER SYSTEM RESET default_transaction_read_only; SELECT pg_reload_conf()`);
    await accepted(caller!);
    await well();
  });

  it('no caller that repeated a key has two deliveries, and everything accepted is delivered', async () => {
    expectRightAnswers(refused);
    const rows = await platform.rows<{ count: number; made: number }>(
      `SELECT count(*)::int AS count FROM idempotency_keys k JOIN deliveries d ON d.id = k.delivery_id`,
    );
    expect(rows[0]!.count).toBe(callers.length);
    expect(new Set(callers.map(({ id }) => id)).size).toBe(callers.length);
    const unfinished = async (): Promise<number> =>
      (
        await platform.rows<{ count: number }>(
          `SELECT count(*)::int AS count FROM deliveries WHERE mode = 'async' AND status <> 'completed'`,
        )
      )[0]!.count;
    await eventually(async () => (await unfinished()) === 0, { limitMs: 60_000, what: 'all delivered' });
    for (const role of platform.roles) expect(role.isRunning, role.output.slice(-3000)).toBe(true);
  });
});
