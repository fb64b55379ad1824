import { newId } from '@breakwater/platform';
import { noticesIn } from '@breakwater/testing/notices.js';
import { addApp, notificationsIn } from '@breakwater/testing/rows.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApprovalNotices } from './approval-notices.service.js';
import { ApprovalNoticesStore } from './approval-notices.store.js';

describe('decisions that wait for a person', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await addApp(world, 'quiz', { name: 'Quiz' });
  });
  afterAll(() => world.stop());

  it('are reported to the admins, not the owner, at once and once, later ones together', async () => {
    const notices = (database = world.database): ApprovalNotices =>
      new ApprovalNotices(
        new ApprovalNoticesStore(database),
        noticesIn(world, { ADMIN_EMAILS: 'ops@x.example' }),
      );
    const wait = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++)
        await world.database.pool.query(
          `INSERT INTO pending_approvals (id, app_id, capability, request_id, payload, reason)
           VALUES ($1, 'quiz', 'participant_registration', 'r', '{}', 'timeout')`,
          [newId()],
        );
    };
    const told = async (): Promise<string[]> =>
      (await notificationsIn(world, `kind = 'approvals_pending' AND channel = 'email'`)).map(
        ({ recipient, subject }) => `${String(recipient)}: ${String(subject)}`,
      );
    await wait(1);
    await Promise.all([notices().run(), notices(world.node()).run(), notices(world.node()).run()]);
    const first = 'ops@x.example: A decision waits for a person: participant_registration of Quiz';
    expect(await told()).toEqual([first]);
    await wait(3);
    expect(await notices().run()).toBe(0);
    await world.database.pool.query(`UPDATE pending_approvals SET told_at = told_at - interval '1 hour'`);
    await notices().run();
    expect(await told()).toEqual([
      first,
      'ops@x.example: 3 decisions wait for a person: participant_registration of Quiz',
    ]);
  });
});
