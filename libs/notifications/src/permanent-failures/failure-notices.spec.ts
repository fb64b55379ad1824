import { newId, PeriodicRuns } from '@breakwater/platform';
import { noticesIn } from '@breakwater/testing/notices.js';
import { addApp, clearTables, notificationsIn } from '@breakwater/testing/rows.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FailureNotices } from './failure-notices.service.js';
import { FailureNoticesStore } from './failure-notices.store.js';

const MAILS = `channel = 'email'`;

describe('deliveries that failed for good', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await addApp(world, 'quiz', { name: 'Quiz' });
    await addApp(world, 'other');
  });
  afterEach(() => clearTables(world));
  afterAll(() => world.stop());

  const notices = (database = world.database): FailureNotices =>
    new FailureNotices(
      new FailureNoticesStore(database),
      noticesIn(world, { ADMIN_EMAILS: '' }),
      new PeriodicRuns(database),
    );
  async function fail(count: number, minutesAgo: number, app = 'quiz', capability = 'report'): Promise<void> {
    await world.database.pool.query(
      `INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, error, attempts, failed_at, delivery_id,
         endpoint_id, category, reason)
       SELECT id, $2, $3, '', 'http 500', 3, now() - make_interval(mins => $4), id, id, 'RETRYABLE', 'exhausted'
       FROM unnest($1::uuid[]) AS id`,
      [Array.from({ length: count }, () => newId()), app, capability, minutesAgo],
    );
  }
  async function anHourPasses(): Promise<void> {
    for (const change of [
      `failure_notices SET told_until = told_until - interval '1 hour', next_at = next_at - interval '1 hour'`,
      `webhook_dead_letter_queue SET failed_at = failed_at - interval '1 hour'`,
    ]) {
      await world.database.pool.query(`UPDATE ${change}`);
    }
  }

  it('are reported once, together, with ids, errors, attempts and what to do', async () => {
    await fail(3, 1);
    expect(await notices().run()).toBe(2);
    expect(await notices().run()).toBe(0);
    const [mail] = await notificationsIn(world, MAILS);
    expect(mail).toMatchObject({
      kind: 'dead_letters',
      recipient: 'owner@quiz.example',
      subject: '3 deliveries to report of Quiz failed for good',
    });
    expect(mail!['text']).toMatch(/[0-9a-f-]{36}: http 500 \(exhausted, 3 attempts\)/);
    // In a mail, lines may be broken anywhere.
    expect(String(mail!['text']).replaceAll(/\s+/g, ' ')).toContain(
      'breakwater deliveries list --status dead_letter --capability report',
    );
    const [looked] = await notificationsIn(world, `channel = 'in_app'`);
    expect(String(looked!['text']).replaceAll(/\s+/g, ' ')).toContain(
      'breakwater dlq retry-all --app quiz --capability report',
    );
    expect(looked!['text']).toContain('https://breakwater.example/dead-letters?appId=quiz&capability=report');
    expect((mail!['data'] as { letters: unknown[] }).letters).toHaveLength(3);
  });

  it('of the next hour are reported when it is over, none twice', async () => {
    await fail(1, 1);
    await notices().run();
    await fail(30, 0);
    expect(await notices().run()).toBe(0);
    await anHourPasses();
    expect(await notices().run()).toBe(2);
    const [, second] = await notificationsIn(world, MAILS);
    expect(second).toMatchObject({ subject: '30 deliveries to report of Quiz failed for good' });
    expect(second!['text']).toContain('And: 10 more');
    await anHourPasses();
    await anHourPasses();
    expect(await notices().run()).toBe(0);
  });

  it('of each app and capability have a notice of their own', async () => {
    await fail(1, 1);
    await fail(1, 1, 'quiz', 'answer');
    await fail(1, 1, 'other');
    expect(await notices().run()).toBe(6);
  });

  it('wait until earlier ones are visible', async () => {
    await fail(1, 0);
    expect(await notices().run()).toBe(0);
  });

  it('a day and more ago are not reported', async () => {
    await fail(5, 1500);
    expect(await notices().run()).toBe(0);
  });

  it('of a subscription are reported with its name', async () => {
    await fail(1, 1, 'quiz', 'endpoint:x');
    await world.db.query(
      `WITH e AS (INSERT INTO endpoints (id, app_id, kind, capability, url, async)
         SELECT endpoint_id, 'quiz', 'subscription', capability, 'http://x', true FROM webhook_dead_letter_queue
         RETURNING id)
       INSERT INTO subscriptions (endpoint_id, app_id, name, events, managed_by) SELECT id, 'quiz', 'ledger', '{a}', 'rest' FROM e`,
    );
    await notices().run();
    const [mail] = await notificationsIn(world, MAILS);
    expect(mail).toMatchObject({ subject: 'A delivery to subscription ledger of Quiz failed for good' });
  });

  it('that somebody has already resolved are not reported', async () => {
    await fail(1, 1);
    await world.database.pool.query('UPDATE webhook_dead_letter_queue SET resolved_at = now()');
    expect(await notices().run()).toBe(0);
  });

  it('are reported once when two processes do it', async () => {
    await fail(5, 1);
    const stored = await Promise.all(
      [world.node(), world.node(), world.node()].map((node) => notices(node).run()),
    );
    expect(stored.reduce((sum, count) => sum + count)).toBe(2);
  });
});
