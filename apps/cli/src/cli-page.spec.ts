import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { cliPage } from './cli-page.js';
import { createProgram } from './program.js';

const page = fileURLToPath(new URL('../../../docs/reference/cli.md', import.meta.url));
const program = createProgram({ out: () => undefined, err: () => undefined });

describe('docs/reference/cli.md (update it with npm run docs:cli)', () => {
  it('has today’s commands and options', async () => {
    const options = await resolveConfig(page);
    expect(readFileSync(page, 'utf8')).toBe(
      await format(cliPage(program), { ...options, parser: 'markdown' }),
    );
  });

  it('says what each command and each group does', () => {
    const silent = program.commands
      .flatMap((command) => [command, ...command.commands])
      .filter((command) => command.description() === '')
      .map((command) => command.name());
    expect(silent).toEqual([]);
  });
});
