import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../program.js';
import { run } from '../run.js';

async function scriptOf(shell: string): Promise<string> {
  const out: string[] = [];
  await run(['completion', shell], { out: (line) => out.push(line), err: (line) => out.push(line) });
  return out.join('\n');
}

/** What bash offers after these words; the last one is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `${await scriptOf('bash')}
COMP_WORDS=(breakwater "$@"); COMP_CWORD=$#
_breakwater
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
    .split('\n')
    .slice(0, -1);
}

describe('completion', () => {
  it.each([
    [['del'], ['deliveries']],
    [
      ['deliveries', 'ca'],
      ['cancel-all', 'cancel'],
    ],
    [
      ['--json', 'deliveries', 'can'],
      ['cancel-all', 'cancel'],
    ],
    [['deliveries', 'list', '--st'], ['--status']],
    [['deliveries', 'show', '7', 'x'], ['']],
    [
      ['profile', ''],
      ['list', 'show', 'use', 'delete', '--help'],
    ],
  ])('of bash offers after %s: %s', async (words, expected) =>
    expect(await offered(...words)).toEqual(expected),
  );

  it('of bash has every command', async () => {
    const program = createProgram({ out: () => undefined, err: () => undefined });
    const names = program.commands.map((command) => command.name());
    expect(await offered('')).toEqual(expect.arrayContaining(names));
  });

  it.each([
    ['zsh', "'list:deliveries, newest first'"],
    ['fish', "complete -c breakwater -n 'test (__breakwater_at) = breakwater/dlq' -a 'list' -d"],
  ])('of %s has commands with their descriptions', async (shell, line) => {
    const script = await scriptOf(shell);
    expect(script).toContain(shell === 'zsh' ? '_describe breakwater found' : line);
    expect(script).toContain(shell === 'zsh' ? 'breakwater/dlq)' : line);
  });

  it('keeps quotes of descriptions apart', async () => {
    expect(await scriptOf('zsh')).toContain("an app'\\''s");
    expect(await scriptOf('fish')).toContain("an app\\'s");
  });

  it('is there for bash, zsh and fish only', async () =>
    expect(await scriptOf('tcsh')).toContain('Allowed choices are bash, zsh, fish'));
});
