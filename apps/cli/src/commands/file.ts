import { readFile } from 'node:fs/promises';
import { UsageError } from '../failures.js';

/** The bytes as they are: the API checks whether they are UTF-8. */
export async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}
