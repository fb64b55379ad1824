// `npm run schema`: writes prisma/schema.sql and prisma/functions from a migrated database.
process.env.WRITE_SCHEMA = 'true';
process.argv.push('test/schema.spec.ts');
await import('./test.mjs');
