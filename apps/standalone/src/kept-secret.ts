import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The text in `file`; created the first time, readable by this user only. */
export async function keptSecret(file: string, make: () => string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = make();
  await writeFile(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
}

/** The file with the encryption keys of a data folder. */
export interface KeptKeyFile {
  file: string;
  /** In the format of ENCRYPTION_KEYS. */
  text: string;
  /** The ids in it. */
  ids: string[];
}

/** The encryption keys of a data folder; created if there are none and `make` asks for it. */
export async function keptKeys(dataDir: string, { make }: { make: boolean }): Promise<KeptKeyFile | null> {
  const file = join(dataDir, 'encryption-keys');
  if (!make && !existsSync(file)) return null;
  const text = await keptSecret(file, () => `local:${randomBytes(32).toString('base64')}`);
  return { file, text, ids: text.split(',').map((entry) => entry.split(':', 1)[0]!.trim()) };
}
