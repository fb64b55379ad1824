// Writes the settings into README.md and .env.example (npm run docs:config). Needs a build.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { envExample, readmeWithConfig } from '../dist/libs/platform/src/config/index.js';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));
const options = await resolveConfig(readme);
const text = readmeWithConfig(await readFile(readme, 'utf8'));
await writeFile(readme, await format(text, { ...options, parser: 'markdown' }));
await writeFile(new URL('../.env.example', import.meta.url), envExample());
