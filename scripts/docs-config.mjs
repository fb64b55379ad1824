// Writes the settings into docs/reference/settings.md and .env.example (npm run docs:config). Needs a build.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { envExample, pageWithSettings } from '../dist/libs/platform/src/config/index.js';

const page = fileURLToPath(new URL('../docs/reference/settings.md', import.meta.url));
const options = await resolveConfig(page);
const text = pageWithSettings(await readFile(page, 'utf8'));
await writeFile(page, await format(text, { ...options, parser: 'markdown' }));
await writeFile(new URL('../.env.example', import.meta.url), envExample());
