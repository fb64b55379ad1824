import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { folderFault, refusedBy, StartRefusedError } from '@breakwater/platform';

const PID_FILE = 'pid';

/** A killed Breakwater leaves a PostgreSQL that stops by itself; a start waits this long for that, ms. */
const STOPS_WITHIN_MS = 20_000;

/**
 * Creates the data folder if it does not exist, and checks that files can be written in it.
 * @throws StartRefusedError
 */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o711 });
    const probe = join(folder, `.probe-${process.pid}`);
    await writeFile(probe, 'x'.repeat(4096));
    await rm(probe);
  } catch (error) {
    throw refusedBy(error, folderFault(error, folder));
  }
}

/**
 * Locks the data folder for this process. Waits for the PostgreSQL of a killed process to end.
 * @throws StartRefusedError when another Breakwater runs on it
 */
export async function takeDataFolder(folder: string): Promise<void> {
  const pidFile = join(folder, PID_FILE);
  const until = Date.now() + STOPS_WITHIN_MS;
  while (await postgresAnswers(folder)) {
    const isRunning = isAlive(Number(await readFile(pidFile, 'utf8').catch(() => '')));
    if (isRunning || Date.now() > until) throw new StartRefusedError({ kind: 'folder_in_use', folder });
    await delay(100);
  }
  await writeFile(pidFile, `${process.pid}\n`);
}

/** The first folder on the way to `path` that only its owner and group may enter, or null. */
export async function closedOnTheWay(path: string): Promise<string | null> {
  const parent = dirname(path);
  if (parent !== path) {
    const above = await closedOnTheWay(parent);
    if (above !== null) return above;
  }
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() && (found.mode & 0o001) === 0 ? path : null;
}

/** Whether a PostgreSQL runs on the folder: its process is alive, and a server listens on the port in its pid file. */
async function postgresAnswers(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port] = text.split('\n');
  return isAlive(Number(pid)) && listens(Number(port));
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function listens(port: number): Promise<boolean> {
  if (!Number.isInteger(port) || port <= 0) return false;
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
