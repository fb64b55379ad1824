import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@breakwater/platform';

const root = projectRoot();

/** The version of the product, as in its package. */
export const PRODUCT_VERSION = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
).version;

/** The commit of a checkout; null where the product was not built in one. */
export function commitOf(folder: string = root): string | null {
  try {
    const head = readFileSync(join(folder, '.git', 'HEAD'), 'utf8').trim();
    if (!head.startsWith('ref: ')) return head;
    const name = head.slice('ref: '.length);
    const file = join(folder, '.git', name);
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
    const packed = readFileSync(join(folder, '.git', 'packed-refs'), 'utf8');
    return (
      packed
        .split('\n')
        .find((line) => line.endsWith(` ${name}`))
        ?.split(' ')[0] ?? null
    );
  } catch {
    return null;
  }
}
