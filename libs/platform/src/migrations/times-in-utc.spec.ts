import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { newId } from '../ids/ids.service.js';
import { Database, PrismaService } from '../database/database.service.js';
import { migrate, migrationsFolder } from './migrate.service.js';

const HOUR_MS = 3_600_000;

describe.each(['Asia/Kolkata', 'America/New_York', 'UTC'])('an installation made before in %s', (zone) => {
  let test: TestDatabase;
  let database: Database;
  let prisma: PrismaService;
  const expiresAt = new Date(Date.now() + HOUR_MS);
  const [early, late] = [newId(), newId()];

  beforeAll(async () => {
    test = await createTestDatabase({ empty: true });
    const name = new URL(test.url).pathname.slice(1);
    await test.run(`ALTER DATABASE ${name} SET timezone = '${zone}'`);
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-migrations-'));
    await cp(migrationsFolder(), folder, { recursive: true, filter: (path) => !/\/2026112700/.test(path) });
    await migrate(test.url, folder);
    await rm(folder, { recursive: true });
    // As Prisma wrote in versions before this one: UTC without its offset, in a session of the database's own zone.
    const utc = (at: Date): string => `'${at.toISOString().replace('Z', '')}'`;
    const now = utc(new Date());
    await test.run(
      `INSERT INTO api_keys (id, name, prefix, hash, scopes, created_by, created_at, expires_at) VALUES
         ('${early}', 'ci', 'bw_x', 'a', '{admin}', 'x', ${now}, ${utc(expiresAt)}),
         ('${late}', 'ci', 'bw_x', 'b', '{admin}', 'x', ${now}, NULL)`,
    );
    await test.run(
      `INSERT INTO apps (id, name, owner_email, base_url, manifest_version, created_at, updated_at) VALUES
         ('quiz', 'Quiz', 'o@example.com', 'https://quiz.example', 0, ${now}, ${now})`,
    );
    await test.run(
      `INSERT INTO signing_secrets (id, app_id, sealed) VALUES ('${newId()}', 'quiz', 'x'), (gen_random_uuid(), 'quiz', 'y')`,
    );
    await migrate(test.url);
    database = new Database({ url: test.url, poolMax: 2 });
    prisma = new PrismaService(database);
  });
  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await database.onApplicationShutdown();
    await test.drop();
  });

  it('has keys that expire when it was said they would', async () => {
    const key = await prisma.apiKey.findUniqueOrThrow({ where: { id: early } });
    expect(key.expiresAt).toEqual(expiresAt);
    expect((await prisma.apiKey.findUniqueOrThrow({ where: { id: late } })).expiresAt).toBeNull();
  });

  it('has rows that were made a moment ago, whoever wrote them', async () => {
    const times = [
      ...(await prisma.apiKey.findMany()),
      ...(await prisma.app.findMany()),
      ...(await prisma.signingSecret.findMany()),
      ...(await prisma.alertRule.findMany()),
    ].map(({ createdAt }) => Math.abs(createdAt.getTime() - Date.now()));
    expect(times.length).toBeGreaterThan(10);
    expect(Math.max(...times)).toBeLessThan(HOUR_MS / 4);
  });
});
