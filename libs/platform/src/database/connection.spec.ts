import { describe, expect, inject, it } from 'vitest';
import { createTestDatabase } from '@breakwater/testing/database.js';
import { connectionTo, setForSession, setForTransaction } from './connection.js';
import { Database } from './database.service.js';
import { PrismaService } from './prisma.service.js';
import { AS_SERVICE } from './service-pool.service.js';
import { SessionClient } from './session-client.service.js';

describe('a connection', () => {
  it('speaks UTC, in the schema public, whatever its URL says', () => {
    const url = 'postgresql://h/db?options=-c%20timezone%3DAsia%2FTokyo&sslmode=disable';
    expect(connectionTo(url)).toMatchObject({
      connectionString: url,
      settings: { timezone: 'UTC', search_path: 'public' },
    });
  });

  it('has settings of its own, which override the usual ones', () => {
    expect(connectionTo('postgresql://h/db', { jit: 'off', search_path: 'bullmq' }).settings).toEqual({
      timezone: 'UTC',
      search_path: 'bullmq',
      jit: 'off',
    });
  });

  it('makes its settings by one statement, for the session or for a transaction', () => {
    const settings = { role: 'a', search_path: "b'c" };
    expect(setForSession(settings)).toBe(
      "SELECT pg_backend_pid() AS pid, set_config('role', 'a', false), set_config('search_path', 'b''c', false)",
    );
    expect(setForTransaction(settings)).toBe(
      "SELECT WHERE (set_config('role', 'a', true) || set_config('search_path', 'b''c', true)) IS NULL",
    );
  });

  it('keeps its role and its time zone, whatever URL, role and database set', async () => {
    const test = await createTestDatabase();
    const { pathname } = new URL(test.url);
    await test.run(`ALTER DATABASE ${pathname.slice(1)} SET timezone = 'Asia/Kolkata'`);
    await test.run(
      `ALTER ROLE breakwater IN DATABASE ${pathname.slice(1)} SET timezone = 'America/New_York'`,
    );
    const client = new SessionClient(
      connectionTo(`${test.url}?options=-c%20timezone%3DAsia%2FTokyo`, AS_SERVICE),
    );
    await client.connect();
    const { rows } = await client.query(`SELECT current_setting('timezone') AS zone, current_user AS role`);
    await client.end();
    await test.drop();
    expect(rows).toEqual([{ zone: 'UTC', role: 'breakwater_service' }]);
  });
});

describe('a time', () => {
  it('is the same by Prisma, by hand and on the clock, in a database with another time zone', async () => {
    const test = await createTestDatabase();
    const name = new URL(test.url).pathname.slice(1);
    await test.run(`ALTER DATABASE ${name} SET timezone = 'Asia/Kolkata'`);
    const database = new Database({ url: `${inject('postgresUrl')}/${name}`, poolMax: 2 });
    const prisma = new PrismaService(database);
    const at = new Date('2026-03-08T07:30:00.123Z');
    await prisma.app.create({
      data: {
        id: 'quiz',
        name: 'Quiz',
        ownerEmail: 'o@example.com',
        baseUrl: 'https://quiz.example',
        manifestVersion: 0,
        createdAt: at,
        updatedAt: at,
      },
    });
    const byHand = await database.query<{ at: Date; epoch: string }>({
      text: 'SELECT created_at AS at, extract(epoch FROM created_at)::text AS epoch FROM apps',
    });
    const byPrisma = await prisma.app.findUniqueOrThrow({ where: { id: 'quiz' } });
    await database.query({ text: 'UPDATE apps SET updated_at = now()' });
    const { updatedAt } = await prisma.app.findUniqueOrThrow({ where: { id: 'quiz' } });
    const found = await prisma.app.count({ where: { createdAt: { gte: at, lte: at } } });
    await prisma.onApplicationShutdown();
    await database.onApplicationShutdown();
    await test.drop();
    expect(byHand).toEqual([{ at, epoch: String(at.getTime() / 1000) + '000' }]);
    expect(byPrisma.createdAt).toEqual(at);
    expect(Math.abs(updatedAt.getTime() - Date.now())).toBeLessThan(30 * 60_000);
    expect(found).toBe(1);
  });
});
