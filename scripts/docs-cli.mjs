// Writes docs/reference/cli.md from the commands of breakwater (npm run docs:cli). Needs a build.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { cliPage } from '../dist/apps/cli/src/cli-page.js';
import { createProgram } from '../dist/apps/cli/src/program.js';

const page = fileURLToPath(new URL('../docs/reference/cli.md', import.meta.url));
const options = await resolveConfig(page);
const program = createProgram({ out: () => undefined, err: () => undefined });
await writeFile(page, await format(cliPage(program), { ...options, parser: 'markdown' }));
