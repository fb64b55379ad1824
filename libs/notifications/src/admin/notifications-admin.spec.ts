import { newId, PrismaService } from '@breakwater/platform';
import { World } from '@breakwater/testing/world.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotificationNotFoundError } from './notification-not-found.error.js';
import { NotificationsAdmin } from './notifications-admin.service.js';
import { NotificationsAdminStore } from './notifications-admin.store.js';
import { fromCursor, toCursor } from './page-cursor.js';

describe('the list of notifications', () => {
  let world: World;
  let prisma: PrismaService;
  let admin: NotificationsAdmin;
  const ids: string[] = [];
  beforeAll(async () => {
    world = await World.start();
    prisma = new PrismaService(world.database);
    admin = new NotificationsAdmin(new NotificationsAdminStore(prisma));
    // Five pairs, each of one millisecond; the first is the oldest.
    for (let index = 0; index < 10; index++) {
      const id = newId();
      ids.push(id);
      await world.database.pool.query(
        `INSERT INTO notifications (id, channel, kind, recipient, app_id, subject, text, html, dedupe_key, status, created_at)
         VALUES ($1::uuid, $2, $3, 'a@x.example', $4, 's', 't', 'h', $1::uuid::text, $5, $6)`,
        [
          id,
          index < 6 ? 'email' : 'in_app',
          index % 3 === 0 ? 'breaker_opened' : 'fallback',
          index % 2 ? 'quiz' : 'other',
          index < 5 ? 'pending' : 'sent',
          new Date(1_800_000_000_000 + Math.floor(index / 2)),
        ],
      );
    }
  });
  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await world.stop();
  });

  it('is newest first, and its pages hold each exactly once', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await admin.list({ limit: 3, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      pages++;
    } while (cursor);
    expect(pages).toBe(4);
    const pairs = [4, 3, 2, 1, 0].flatMap((pair) => [ids[pair * 2]!, ids[pair * 2 + 1]!]);
    expect(seen).toEqual(pairs);
  });

  it.each([
    [{ channel: 'email' }, 6],
    [{ kind: 'breaker_opened' }, 4],
    [{ appId: 'quiz' }, 5],
    [{ status: 'pending' }, 5],
    [{ channel: 'email', appId: 'quiz', status: 'sent' }, 1],
    [{ channel: 'pigeon' }, 0],
    [{}, 10],
    [{ limit: 0 }, 1],
  ])('filtered by %j holds %i', async (filter, count) => {
    expect((await admin.list(filter)).items).toHaveLength(count);
  });

  it('has no page after an invalid cursor', async () => {
    expect(await admin.list({ cursor: 'nonsense' })).toEqual({ items: [], nextCursor: null });
  });

  it('leaves bodies and internal fields out', async () => {
    const [item] = (await admin.list({ limit: 1 })).items;
    expect(item).toMatchObject({ id: ids[8], subject: 's', status: 'sent' });
    for (const key of ['text', 'html', 'dedupeKey', 'lockedUntil']) expect(item).not.toHaveProperty(key);
  });

  it('returns one with its bodies', async () => {
    const found = await admin.get(ids[0]!);
    expect(found).toMatchObject({ id: ids[0], subject: 's', text: 't', html: 'h' });
    expect(found).not.toHaveProperty('dedupeKey');
  });

  it.each(['nope', '00000000-0000-7000-8000-000000000000'])('finds no %s', async (id) => {
    await expect(admin.get(id)).rejects.toThrow(NotificationNotFoundError);
  });
});

describe('a cursor', () => {
  const place = { createdAt: new Date(1_800_000_000_123), id: '00000000-0000-7000-8000-000000000000' };

  it('is read as it was written', () => expect(fromCursor(toCursor(place))).toEqual(place));
  it.each(['', '1', `x_${place.id}`, `1_${place.id}x`, `9999999999999999_${place.id}`])('is not %j', (text) =>
    expect(fromCursor(text)).toBeNull(),
  );
});
