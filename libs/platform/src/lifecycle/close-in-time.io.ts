import { Logger, type INestApplicationContext } from '@nestjs/common';
import { Database } from '../database/database.service.js';
import { inTime } from '../waiting/in-time.js';
import { within } from './within.io.js';

/** Longest wait for the last writes of a process, ms. */
const LAST_WRITES_MS = 3_000;
/** Part of that time when the database does not answer and nothing can be written, ms. */
const LAST_WRITES_IN_VAIN_MS = 700;
const DATABASE_ANSWERS_WITHIN_MS = 300;

/** Closes an application within a time limit: some parts may never end, and the process ends next. */
export async function closeInTime(app: INestApplicationContext): Promise<void> {
  const limitMs = (await answers(app.get(Database))) ? LAST_WRITES_MS : LAST_WRITES_IN_VAIN_MS;
  const closing = app.close();
  if (await within(closing, limitMs)) return closing;
  new Logger('Shutdown').warn(`not everything was closed within ${limitMs} ms: the process ends now`);
}

async function answers({ pool }: Database): Promise<boolean> {
  const tooLate = (): Error => new Error('no answer in time');
  return inTime(pool.query('SELECT 1'), DATABASE_ANSWERS_WITHIN_MS, tooLate).then(
    () => true,
    () => false,
  );
}
