import { defineConfig } from 'prisma/config';

/** For Prisma's own CLI (`npx prisma migrate deploy`); `npm run migrate` needs no engine to be downloaded. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_OWNER_URL'] ?? process.env['DATABASE_URL'] ?? '' },
});
