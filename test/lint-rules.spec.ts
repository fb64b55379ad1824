import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTestFile } from '../scripts/test-files.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { GRAPH } = (await import(join(root, 'scripts/house-rules.mjs'))) as {
  GRAPH: Record<string, string[]>;
};
const { EXCEPTIONS, TABLES } = (await import(join(root, 'scripts/table-owners.mjs'))) as {
  EXCEPTIONS: Record<string, string[]>;
  TABLES: Record<string, { lib: string; model: string }>;
};

/** Path, text, the rule that it must break (null: none). */
const samples: [path: string, text: string, rule: string | null][] = [
  ['libs/access/src/a1.ts', `export * from '@breakwater/delivery';`, 'house(imports)'],
  ['libs/platform/src/a2.service.ts', `export * from '@breakwater/access';`, 'house(imports)'],
  ['libs/delivery/src/a3.ts', `export * from '@breakwater/delegation';`, 'house(imports)'],
  ['libs/webhook-client/src/a4.ts', `import '@breakwater/manifest';`, 'house(imports)'],
  [
    'libs/delivery/src/a5.ts',
    `export * from '@breakwater/manifest/src/grammar/manifest.js';`,
    'house(imports)',
  ],
  ['libs/delivery/src/a6.ts', `export * from '../../manifest/src/index.js';`, 'house(imports)'],
  ['libs/delivery/src/a7.ts', `export * from '@breakwater/delivery';`, 'house(imports)'],
  ['libs/delivery/src/a8.ts', `export * from '../../../apps/api/src/main.js';`, 'house(imports)'],
  ['libs/delivery/src/b1.ts', `export { Injectable } from '@nestjs/common';`, 'house(imports)'],
  ['libs/delivery/src/b2.ts', `export { readFileSync } from 'node:fs';`, 'house(imports)'],
  ['libs/delivery/src/b3.ts', `export const later = () => import('undici');`, 'house(imports)'],
  ['libs/delivery/src/b4.ts', `export { Queue } from 'bullmq';`, 'house(imports)'],
  [
    'libs/delivery/src/b6.service.ts',
    `import type { PoolClient } from 'pg';\nexport type P = PoolClient;`,
    'house(imports)',
  ],
  [
    'libs/delivery/src/b5.ts',
    `import { connect } from 'node:net';\nexport const c = connect;`,
    'house(imports)',
  ],
  ['apps/worker/src/c1.ts', `export * from '../../api/src/main.js';`, 'house(imports)'],
  ['apps/api/src/c2.ts', `export * from '../../../libs/platform/src/index.js';`, 'house(imports)'],
  ['libs/delivery/src/d1.ts', `export const port = process.env['API_PORT'];`, 'node(no-process-env)'],
  ['apps/api/src/d2.ts', `export const port = process.env['API_PORT'];`, 'node(no-process-env)'],
  ['libs/delivery/src/d3.ts', `console.log('x');\nexport const d = 1;`, 'eslint(no-console)'],
  [
    'libs/delivery/src/e1.ts',
    `import { e2 } from './e2.js';\nexport const e1 = () => e2;`,
    'import(no-cycle)',
  ],
  [
    'libs/delivery/src/e2.ts',
    `import { e1 } from './e1.js';\nexport const e2 = () => e1;`,
    'import(no-cycle)',
  ],

  ['libs/delivery/src/g1.store.ts', `export const sql = 'UPDATE apps SET name = $1';`, 'house(tables)'],
  [
    'libs/delivery/src/g2.store.ts',
    'export const sql = `\nWITH x AS (\n  INSERT INTO\n    alerts (id) VALUES ($1))\nSELECT 1`;',
    'house(tables)',
  ],
  [
    'libs/delivery/src/g3.store.ts',
    'export const sql = (table: string) => `DELETE FROM ${table} WHERE id = $1`;',
    'house(tables)',
  ],
  [
    'libs/delivery/src/g4.store.ts',
    'export const g4 = (db: { alertRule: { create(): void } }) => db.alertRule.create();',
    'house(tables)',
  ],
  ['apps/api/src/g5.store.ts', `export const sql = 'DELETE FROM api_keys';`, 'house(tables)'],
  [
    'libs/metrics/src/roll-up/roll-up.store.ts',
    `export const sql = ['UPDATE attempts SET recorded_in = 1', 'UPDATE apps SET status = 1'];`,
    'house(tables)',
  ],
  ['libs/delivery/src/k1.service.ts', 'export const sql = `\nSELECT id FROM apps`;', 'house(sql)'],
  ['libs/delivery/src/k2.ts', `export const sql = 'WITH x AS (SELECT 1) SELECT 2';`, 'house(sql)'],
  [
    'libs/delivery/src/k3.service.ts',
    'export const k3 = (db: { query(): void }) => db.query();',
    'house(sql)',
  ],
  [
    'libs/delivery/src/k4.service.ts',
    'export const k4 = (db: { app: { findMany(): void } }) => db.app.findMany();',
    'house(sql)',
  ],
  [
    'apps/api/src/k5.controller.ts',
    'export const k5 = (db: { $queryRaw(): void }) => db.$queryRaw();',
    'house(sql)',
  ],
  ['libs/delivery/src/k6.store.ts', 'export const k6 = (db: { query(): void }) => db.query();', null],
  ['libs/platform/src/k7.service.ts', 'export const k7 = (db: { query(): void }) => db.query();', null],
  [
    'libs/delivery/src/k8.service.ts',
    'export const k8 = (rules: { count(): void; find(): void }) => [rules.count(), rules.find()];',
    null,
  ],
  ['libs/delivery/src/j1.ts', `export * from '@breakwater/testing/eventually.js';`, 'house(imports)'],
  ['apps/api/src/j2.ts', `export * from '@breakwater/testing/eventually.js';`, 'house(imports)'],
  ['libs/delivery/src/j3.spec.ts', `export * from '@breakwater/testing';`, 'house(imports)'],
  ['libs/delivery/src/j4.spec.ts', `export * from '../../testing/src/eventually.js';`, 'house(imports)'],
  ['libs/delivery/src/j5.spec.ts', `export * from '../../../test/support/http.js';`, 'house(imports)'],
  ['apps/api/src/j6.spec.ts', `export * from '../../../test/support/http.js';`, 'house(imports)'],
  ['libs/testing/src/j7.ts', `export * from '../../../test/support/http.js';`, 'house(imports)'],
  ['libs/alerts/src/i1.ts', `export const i1 = { ...{ a: 1 }, b: 2 };`, 'unicorn(no-useless-spread)'],
  ['libs/alerts/src/h1.store.ts', `export const sql = 'UPDATE alerts SET status = $1';`, null],
  [
    'libs/alerts/src/h2.store.ts',
    'export const h2 = (db: { alertRule: { create(): void } }) => db.alertRule.create();',
    null,
  ],
  [
    'libs/delivery/src/h3.store.ts',
    'export const sql = `SELECT 1 FROM apps FOR UPDATE OF apps ON CONFLICT DO UPDATE SET x = 1`;',
    null,
  ],
  ['libs/metrics/src/h4.spec.ts', `export const sql = 'DELETE FROM apps';`, null],

  ['libs/delivery/src/f1.service.ts', `export { Injectable } from '@nestjs/common';`, null],
  [
    'libs/delivery/src/f2.ts',
    `export * from '@breakwater/manifest';\nexport * from './f1.service.js';`,
    null,
  ],
  ['libs/delegation/src/f3.ts', `export * from '@breakwater/delivery';`, null],
  ['libs/delivery/src/f4.store.ts', `import type { Pool } from 'pg';\nexport type P = Pool;`, null],
  ['libs/delivery/src/f4.spec.ts', `import type { Pool } from 'pg';\nexport type P = Pool;`, null],
  [
    'libs/delivery/src/f5.ts',
    `import { isIP } from 'node:net';\nimport 'node:crypto';\nexport const i = isIP;`,
    null,
  ],
  ['libs/platform/src/f6.service.ts', `export const port = process.env['API_PORT'];`, null],
  ['apps/standalone/src/f7.ts', `export * from '../../api/src/main.js';`, null],
  ['apps/cli/src/f8.ts', `console.log('x');\nexport const d = 1;`, null],
  ['libs/access/src/k1.spec.ts', `export * from '@breakwater/testing/eventually.js';`, null],
  ['libs/access/src/k2.fixture.ts', `export * from '@breakwater/testing/eventually.js';`, null],
  ['apps/api/src/k3.spec.ts', `export * from '@breakwater/testing/eventually.js';`, null],
  [
    'libs/testing/src/k4.ts',
    `export * from '../../delivery/src/f1.service.js';\nexport * from '../../../apps/api/src/main.js';`,
    null,
  ],
  ['libs/testing/src/k5.ts', `export { connect } from 'node:net';\nexport { Pool } from 'pg';`, null],
  ['libs/access/src/f9.spec.ts', `export * from '@breakwater/delivery';`, null],
  ['apps/api/src/main.ts', `export const main = 1;`, null],
];

describe('the linter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-lint-'));
  let broken: { code: string; filename: string }[] = [];

  beforeAll(() => {
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    for (const file of ['house-rules.mjs', 'table-owners.mjs', 'test-files.mjs']) {
      cpSync(join(root, 'scripts', file), join(folder, 'scripts', file), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [path, text] of samples) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${text}\n`);
    }
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
    const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '-f', 'json', 'libs', 'apps'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (stderr !== '') throw new Error(stderr);
    ({ diagnostics: broken } = JSON.parse(stdout) as { diagnostics: typeof broken });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(samples)('finds in %s (%s) the broken rule %s', (path, _, rule) => {
    const found = broken.filter(({ filename }) => filename === path).map(({ code }) => code);
    expect(found).toEqual(rule === null ? [] : [rule]);
  });
});

describe('the graph of libs', () => {
  const sources = globSync('libs/*/src/**/*.{ts,tsx}', { cwd: root }).filter(
    (file) => file.startsWith('libs/testing/') || !(isTestFile(file) || file.includes('/generated/')),
  );
  const importsOf = (lib: string): Set<string> =>
    new Set(
      sources
        .filter((file) => file.startsWith(`libs/${lib}/`))
        .flatMap((file) => [
          ...readFileSync(join(root, file), 'utf8').matchAll(/from '@breakwater\/([\w-]+)'/g),
        ])
        .map(([, imported]) => imported!),
    );

  it.each(globSync('libs/*', { cwd: root }).map((folder) => folder.slice('libs/'.length)))(
    'lets %s import what it imports, and nothing else',
    (lib) => expect(GRAPH[lib]?.toSorted()).toEqual([...importsOf(lib)].toSorted()),
  );
});

describe('the owners of tables', () => {
  const schema = readFileSync(join(root, 'prisma/schema.prisma'), 'utf8');
  const models = [...schema.matchAll(/^model (\w+) \{[^]*?@@map\("([a-z_]+)"\)/gm)].map(
    ([, model, table]) => [table!, `${model![0]!.toLowerCase()}${model!.slice(1)}`],
  );
  const owned = Object.entries(TABLES);

  it('are named for each table of the schema, with its model', () => {
    expect(Object.fromEntries(owned.map(([table, { model }]) => [table, model]))).toEqual(
      Object.fromEntries(models),
    );
  });

  const exceptions = Object.entries(EXCEPTIONS).flatMap(([file, tables]) =>
    tables.map((table) => [file, table, TABLES[table]!.model] as const),
  );

  it.each(exceptions)('makes an exception for %s, which writes %s', (file, table, model) => {
    const write = new RegExp(`(UPDATE|INTO|FROM) ${table}\\b|\\.${model}\\.(create|update|delete)`);
    expect(readFileSync(join(root, file), 'utf8')).toMatch(write);
  });
});
