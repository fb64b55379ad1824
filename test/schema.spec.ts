import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { createTestDatabase, ownerPool, type TestDatabase } from '@breakwater/testing/database.js';
import { dumpSchema, type SchemaDump } from './support/schema-dump.js';

const schemaFile = join(root, 'prisma', 'schema.sql');
const functionsFolder = join(root, 'prisma', 'functions');
const NOTE =
  '-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.\n\n';

/** `npm run schema` writes what the test compares with. */
const isAsked = process.env['WRITE_SCHEMA'] === 'true';

describe('a migrated database', () => {
  let database: TestDatabase;
  let dump: SchemaDump;
  beforeAll(async () => {
    database = await createTestDatabase();
    const pool = ownerPool(database.url);
    dump = await dumpSchema(pool);
    await pool.end();
    if (isAsked) write(dump);
  });
  afterAll(() => database.drop());

  it('matches prisma/schema.sql: after a migration run `npm run schema`', () => {
    expect(NOTE + dump.schema).toBe(readFileSync(schemaFile, 'utf8'));
  });

  it('has the functions of prisma/functions, in their current text', () => {
    const files = Object.fromEntries(
      readdirSync(functionsFolder).map((name) => [name, readFileSync(join(functionsFolder, name), 'utf8')]),
    );
    const functions = Object.fromEntries(
      Object.entries(dump.functions).map(([name, text]) => [name, NOTE + text]),
    );
    expect(functions).toEqual(files);
  });
});

function write({ schema, functions }: SchemaDump): void {
  writeFileSync(schemaFile, NOTE + schema);
  if (existsSync(functionsFolder)) rmSync(functionsFolder, { recursive: true });
  mkdirSync(functionsFolder);
  for (const [name, text] of Object.entries(functions))
    writeFileSync(join(functionsFolder, name), NOTE + text);
}
