import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALERT_TYPES } from '@breakwater/alerts';
import { BULK_KINDS } from '@breakwater/bulk';
import { BUILT_IN_STRATEGIES } from '@breakwater/manifest';
import { CHANNELS } from '@breakwater/notifications';
import { configFrom } from '@breakwater/platform';
import { AUDITED_ACTIONS } from '../apps/api/src/audit/audited-actions.js';
import { REFUSAL_STEPS } from '../libs/inbound/src/verification/verification.js';
import { schedules } from '../apps/worker/src/schedules.js';
import { ERROR_CATALOGUE } from '../apps/api/src/errors/catalogue.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const { TABLES } = (await import(join(root, 'scripts/table-owners.mjs'))) as {
  TABLES: Record<string, { lib: string }>;
};
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [
  ...globSync('*.md', { cwd: root }).filter((page) => page !== 'CHANGELOG.md'),
  ...globSync('docs/**/*.md', { cwd: root }),
];
/** Texts between single backticks on a page, outside of code blocks. */
const words = (page: string) => [
  ...new Set(
    [
      ...read(page)
        .replace(/^ *```[^]*?^ *```/gm, '')
        .matchAll(/`([^`\n]+)`/g),
    ].map(([, word]) => word!),
  ),
];
/** All settings (the file is generated from the code, see documents.spec.ts of the settings). */
const settings = new Set([...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name!));
/** First cells of the tables of a page, each word in them. */
const firstCells = (page: string) =>
  read(page)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .flatMap((line) => [...line.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, word]) => word!));

describe('docs/README.md', () => {
  const index = read('docs/README.md');
  const listed = globSync('docs/**/*.md', { cwd: root })
    .map((page) => relative('docs', page))
    .filter((page) => page !== 'README.md' && !/^adr\/\d/.test(page));

  it.each(listed)('has a line for %s', (page) => expect(index).toContain(`](${page}): `));
});

describe('docs/internals/architecture.md', () => {
  const tables = [...read('prisma/schema.prisma').matchAll(/@@map\("([a-z_]+)"\)/g)].map(([, name]) => name!);

  it.each(tables)('says what the table %s holds', (table) =>
    expect(firstCells('docs/internals/architecture.md')).toContain(table),
  );

  it.each(globSync('libs/*', { cwd: root }))('says what %s is', (lib) =>
    expect(firstCells('docs/internals/architecture.md')).toContain(lib),
  );
});

describe('docs/internals/architecture.md', () => {
  const config = configFrom({ DATABASE_URL: 'postgresql://x', ENCRYPTION_KEYS: `k1:${'A'.repeat(43)}=` });
  const names = schedules(config, () => expect.unreachable()).map(({ name }) => name);

  it.each(names)('says which process does the periodic work %s, and how often', (name) =>
    expect(firstCells('docs/internals/architecture.md')).toContain(name),
  );

  const channels = globSync('libs/*/src/**/*.ts', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/^export const [A-Z_]+_CHANNEL = '(\w+)'/gm)].map(([, name]) => name!),
  );

  it.each(channels)('says what a hint on the channel %s contains', (name) =>
    expect(read('docs/internals/architecture.md')).toMatch(new RegExp(`^Channels of .*\`${name}\` \\(`, 'm')),
  );
});

describe('docs/guides/security.md', () => {
  it('lists exactly the actions that are audited', () => {
    const listed = firstCells('docs/guides/security.md').filter(
      (word) => /^[a-z_]+\.[a-z_]+$/.test(word) && word !== 'app.local',
    );
    expect(listed.toSorted()).toEqual(Object.keys(AUDITED_ACTIONS).toSorted());
  });
});

describe('fallback strategies', () => {
  const source = read('libs/delegation/src/fallback/strategies.service.ts');
  const classes = [...source.matchAll(/@Fallback\('(\w+)'\)\nexport class (\w+)/g)];

  it('are those that manifests may name', () => {
    expect(classes.map(([, name]) => name!).toSorted()).toEqual(BUILT_IN_STRATEGIES.toSorted());
  });

  it.each(classes.map(([, , name]) => name!))('provide %s', (name) =>
    expect(read('libs/delegation/src/delegation.module.ts')).toMatch(new RegExp(`^    ${name},$`, 'm')),
  );

  it.each([...BUILT_IN_STRATEGIES])('have a row in docs/reference/manifest.md: %s', (strategy) =>
    expect(firstCells('docs/reference/manifest.md')).toContain(strategy),
  );
});

describe('docs/reference/errors.md', () => {
  const codes = globSync('{apps,libs}/**/*.error.ts', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/readonly code = '([A-Z_]+)'/g)].map(([, code]) => code!),
  );

  it.each([...new Set([...codes, ...Object.keys(ERROR_CATALOGUE)])])('says what to do about %s', (code) =>
    expect(firstCells('docs/reference/errors.md')).toContain(code),
  );
});

describe('docs/guides/alerting.md', () => {
  it.each([...ALERT_TYPES])('says what to do about an alert of the type %s', (type) =>
    expect(firstCells('docs/guides/alerting.md')).toContain(type),
  );
});

describe('docs/internals/extending.md', () => {
  it.each([
    'fallback strategy',
    'notification channel',
    'error class',
    'alert rule',
    'kind of bulk operation',
    'filter operator',
    'verification preset',
    'handshake',
  ])('says how to add one: %s', (point) =>
    expect(read('docs/internals/extending.md')).toMatch(new RegExp(`^## An? ${point}$`, 'm')),
  );
});

describe('docs/guides/bulk-operations.md', () => {
  it.each([...BULK_KINDS])('says what an operation of the kind %s does', (kind) =>
    expect(firstCells('docs/guides/bulk-operations.md')).toContain(kind),
  );
});

describe.each(Object.entries(TABLES))('the table %s', (table, { lib }) => {
  it(`is in the README of libs/${lib}`, () =>
    expect(read(`libs/${lib}/README.md`)).toContain(`\`${table}\``));
});

describe('docs/guides/troubleshooting.md', () => {
  it.each([...REFUSAL_STEPS])('says what to do about a captured request that is refused with %s', (step) =>
    expect(firstCells('docs/guides/troubleshooting.md')).toContain(step),
  );
});

describe('docs/guides/notifications.md', () => {
  it.each([...CHANNELS])('says how the channel %s is configured and what it sends', (channel) =>
    expect(firstCells('docs/guides/notifications.md')).toContain(channel),
  );
});

describe('docs/guides/operations.md', () => {
  it.each([
    'postgres/',
    'postgres-password',
    'postgres-runtime-password',
    'encryption-keys',
    'admin-key',
    'pid',
  ])('says what %s in the data folder is', (file) =>
    expect(firstCells('docs/guides/operations.md')).toContain(file),
  );
});

describe('source, scripts and deployment', () => {
  const files = [
    ...globSync('{apps,libs,bench,examples,scripts,test,deploy}/**/*.{ts,tsx,mjs,yml,yaml,json,txt,py}', {
      cwd: root,
    }),
    ...globSync('{*.yml,.ci/run,deploy/Dockerfile}', { cwd: root }),
  ];

  it('name only pages that exist', () => {
    const named = files.flatMap((file) =>
      [...read(file).matchAll(/\bdocs\/[\w/-]+\.md\b/g)].map(([page]) => ({ file, page })),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ page }) => !existsSync(join(root, page)))).toEqual([]);
  });
});

describe.each(pages)('%s', (page) => {
  it('names only files of this repository that exist', () => {
    const paths = words(page).filter((word) =>
      /^(apps|libs|scripts|docs|deploy|prisma|test|bench|examples|bin)\/[\w./-]+$/.test(word),
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names only settings and error codes that exist', () => {
    const named = words(page)
      .map((word) => word.split('=')[0]!)
      .filter((word) =>
        /^(API|PUBLIC|LOG|DATABASE|REDIS|OUTBOUND|WEBHOOK|CIRCUIT|QUEUE|SMTP|NOTIFY|ENCRYPTION|METRICS|ALERT|APP|SHUTDOWN|CLOCK|ADMIN|LEGACY|DELIVERY|ENDPOINT|IDEMPOTENCY|HISTORY|AUDIT|DLQ|SWEEP|BATCH|BULKHEAD|TRACE)_[A-Z_]+[A-Z]$/.test(
          word,
        ),
      );
    const unknown = named.filter(
      (name) => !settings.has(name) && !(name in ERROR_CATALOGUE) && !isKnownOtherwise(name),
    );
    expect(unknown).toEqual([]);
  });
});

/** Reasons of webhook-health, lists in the code, and capability timeouts by name. */
function isKnownOtherwise(name: string): boolean {
  return name.startsWith('WEBHOOK_TIMEOUT_') || OTHERS.has(name);
}
const OTHERS = new Set([
  'ALERT_FIRING',
  'ALERT_TYPES',
  'APP_UNHEALTHY',
  'CIRCUIT_OPEN',
  'QUEUE_DEEP',
  'QUEUE_LATE',
]);
