import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

/** Apps whose health check hangs until its deadline, so that a turn takes long. */
const HANGING = 20;
const ILL = 5;

describe('a leader that is killed or stalls in the middle of its turn', () => {
  let platform: Platform;
  const workers = new Map<string, Role>();

  beforeAll(async () => {
    const env = {
      APP_HEALTH_CHECK_INTERVAL: '5000',
      APP_HEALTH_CHECK_TIMEOUT: '3000',
      ALERT_CHECK_INTERVAL: '1000',
      ADMIN_EMAILS: 'ops@platform.example',
    };
    platform = await Platform.start({ env });
    for (let n = 0; n < HANGING; n++) await app(`hanging-${n}`, 'hang');
    for (let n = 0; n < ILL; n++) await app(`ill-${n}`, { status: 503 });
    await platform.rows(
      `INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, delivery_id, endpoint_id, category,
         reason)
       SELECT gen_random_uuid(), 'ill-0', 'answer', '', 1, gen_random_uuid(), gen_random_uuid(), 'RETRYABLE', 'exhausted'
       FROM generate_series(1, 12)`,
    );
    await Promise.all([worker('one'), worker('two')]);
  });
  afterAll(() => platform?.stop());

  async function app(id: string, health: 'hang' | { status: number }): Promise<void> {
    platform.receiver.on(`/health/${id}`, health);
    await platform.rows(
      `INSERT INTO apps (id, name, owner_email, base_url, health_path, manifest_version)
       VALUES ($1, 'Quiz', 'owner@example.com', $2, $3, 1)`,
      id,
      platform.receiver.url,
      `/health/${id}`,
    );
  }
  /** A worker whose connections can be distinguished from those of others. */
  async function worker(name: string): Promise<void> {
    const url = new URL(platform.env['DATABASE_URL']!);
    url.searchParams.set('application_name', name);
    workers.set(name, await platform.worker({ DATABASE_URL: url.href }));
  }
  /** The worker that holds the lock of the health checks. */
  async function leader(): Promise<string | undefined> {
    const [row] = await platform.rows<{ name: string }>(
      `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
       WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 740211 AND a.datname = current_database()
         AND l.objid = (hashtext('app_health')::bigint & 4294967295)::oid`,
    );
    return row?.name;
  }
  const hangingCalls = (): number =>
    platform.receiver.calls.filter(({ path }) => path.startsWith('/health/hanging')).length;
  const told = (
    kind: string,
  ): Promise<{ subject: string; channel: string; recipient: string; count: number }[]> =>
    platform.rows(
      `SELECT app_id AS subject, channel, recipient, count(*)::int FROM notifications WHERE kind = $1 GROUP BY 1, 2, 3`,
      kind,
    );

  /** The leader during a turn. */
  async function leading(): Promise<string> {
    const before = hangingCalls();
    return eventually(async () => hangingCalls() > before && (await leader()), {
      limitMs: 30_000,
      what: 'a turn in progress',
    });
  }
  /** PostgreSQL notices quickly that a process died, and later that one stalls. */
  async function replaced(gone: string): Promise<void> {
    const isReplaced = async (): Promise<boolean> => ![undefined, gone].includes(await leader());
    await eventually(isReplaced, { limitMs: 30_000, what: 'another leader' });
  }

  it('is replaced within 30 s, again and again, and no notification is sent twice', async () => {
    for (const next of ['three', 'four']) {
      const killed = await leading();
      await workers.get(killed)!.kill9();
      await replaced(killed);
      await worker(next);
    }
    const still = await leading();
    workers.get(still)!.signal('SIGSTOP');
    await replaced(still);
    workers.get(still)!.signal('SIGCONT');
    const ill = Array.from({ length: ILL }, (_, n) => `ill-${n}`);
    const isTold = async (): Promise<boolean> => {
      const subjects = new Set((await told('app_unhealthy')).map(({ subject }) => subject));
      return ill.every((id) => subjects.has(id));
    };
    await eventually(isTold, { limitMs: 60_000, what: 'all unhealthy apps reported' });
    // Two more turns, without anything new.
    const turns = hangingCalls();
    await eventually(() => hangingCalls() >= turns + 2 * HANGING, {
      limitMs: 30_000,
      what: 'two more turns',
    });
    for (const { subject, channel, recipient, count } of await told('app_unhealthy'))
      expect(count, `${subject} by ${channel} to ${recipient}`).toBe(1);
    expect(await platform.rows(`SELECT status, app_id FROM alerts WHERE type = 'dlq_size'`)).toEqual([
      { status: 'firing', app_id: null },
    ]);
    for (const { count } of (await told('alert_firing')).filter(({ subject }) => subject === null))
      expect(count).toBe(1);
  }, 180_000);
});
