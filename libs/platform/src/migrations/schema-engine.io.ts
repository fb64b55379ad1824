import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindSqlAdapterFactory, type ErrorRegistry } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import type pg from 'pg';
import { connectionTo } from '../database/connection.js';
import { SessionClient } from '../database/session-client.service.js';

const require = createRequire(import.meta.url);

type Exports = Record<string, unknown>;

/** The two calls used here; TypeScript knows WebAssembly only in the browser's library. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: Record<string, object>): Promise<{ exports: Exports }>;
};

interface EngineGlue {
  SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: Exports): void;
}

let glue: Promise<EngineGlue> | undefined;

/** Prisma's own schema engine as WebAssembly from npm: nothing is downloaded (docs/adr/0002-migrations-by-wasm-engine.md). */
async function loadEngine(): Promise<EngineGlue> {
  const specifier = '@prisma/schema-engine-wasm/schema_engine_bg';
  const loaded = (await import(specifier)) as EngineGlue;
  const file = require.resolve(specifier).replace(/\.js$/, '.wasm');
  const module = await WebAssembly.compile(await readFile(file));
  const instance = await WebAssembly.instantiate(module, {
    './schema_engine_bg.js': loaded,
  });
  loaded.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return loaded;
}

const DEADLOCK = '40P01';
const TRIES = 10;

/**
 * Runs a script as a whole: all of it or nothing. It locks what running processes lock. If it loses a deadlock, it
 * changed nothing and is repeated.
 */
export async function runScript(
  connection: { query(script: string): Promise<unknown> },
  script: string,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await connection.query(script);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== DEADLOCK || tries === TRIES) throw error;
    }
  }
}

/**
 * Appended to each migration's script, and so part of its transaction: a migration that is recorded as unfinished has
 * changed nothing, also after a crash. The engine records a migration before it begins, and runs one at a time.
 */
const FINISH = `
DO $$ BEGIN
  IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
    UPDATE public._prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL;
  END IF;
END $$`;

/** The adapter splits scripts at every `;`, also inside a function's body: PostgreSQL accepts them whole. */
class WholeScripts extends PrismaPg {
  private readonly opened: Awaited<ReturnType<PrismaPg['connect']>>[] = [];

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    this.opened.push(adapter);
    adapter.executeScript = (script) => runScript(adapter.underlyingDriver(), `${script}\n;${FINISH}`);
    return adapter;
  }

  /** The engine does not close its connection, which holds Prisma's lock on the migrations. */
  async close(): Promise<void> {
    await Promise.all(this.opened.map((adapter) => adapter.underlyingDriver().end()));
  }
}

/** Runs `use` with an engine bound to the database at `url`. `datamodel` is needed only for diffs. */
export async function withSchemaEngine<T>(
  url: string,
  use: (engine: SchemaEngine) => Promise<T>,
  datamodel?: [path: string, content: string],
): Promise<T> {
  const { SchemaEngine } = await (glue ??= loadEngine());
  const connections = new WholeScripts({
    ...connectionTo(url),
    Client: SessionClient,
    max: 1,
  } as unknown as pg.PoolConfig);
  const factory = bindSqlAdapterFactory(connections);
  try {
    const engine = await SchemaEngine.new({ datamodels: datamodel && [datamodel] }, () => undefined, factory);
    try {
      return await use(engine);
    } finally {
      engine.free();
    }
  } catch (error) {
    throw causeOf(error, factory.errorRegistry);
  } finally {
    await connections.close();
  }
}

/** The engine reports "External error id#0" for an error of the connection; the registry has that error. */
function causeOf(error: unknown, registry: ErrorRegistry): unknown {
  const id = /External error id#(\d+)/.exec(String((error as { message?: unknown } | null)?.message))?.[1];
  return id === undefined ? error : (registry.consumeError(Number(id))?.error ?? error);
}
