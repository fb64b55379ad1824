// Writes docs/reference/errors.md from the error catalogue (npm run docs:errors). Needs a build.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { cataloguePage } from '../dist/apps/api/src/errors/catalogue-page.js';
import { ERROR_CATALOGUE } from '../dist/apps/api/src/errors/catalogue.js';

const page = fileURLToPath(new URL('../docs/reference/errors.md', import.meta.url));
const options = await resolveConfig(page);
await writeFile(page, await format(cataloguePage(ERROR_CATALOGUE), { ...options, parser: 'markdown' }));
