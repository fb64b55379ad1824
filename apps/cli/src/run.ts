import { ApiError, ClientUsageError } from '@breakwater/client';
import { CommanderError, type Command } from 'commander';
import { isVerdict } from './commands/manifests.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { Failure, NotWell, UsageError } from './failures.js';
import { plainText } from './plain-text.js';
import { describeProblem, problemLines } from './problem.js';
import { createProgram } from './program.js';
import type { Output } from './session.service.js';

/**
 * Runs one command line.
 * @returns the exit code, see exit-code.ts
 */
export async function run(args: readonly string[], output: Output): Promise<number> {
  const program = createProgram(output);
  let commandName: string | undefined;
  for (const command of allOf(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => output.out(text.trimEnd()),
      writeErr: (text) => output.err(text.trimEnd()),
    });
  }
  program.hook('preAction', (_, command) => {
    commandName = command.name();
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (!isExpected(error)) throw error;
    if (error instanceof ApiError && error.status !== 0) {
      tell(error, commandName, program.opts<{ json?: boolean }>().json === true, output);
      // The problems of a manifest are what was asked for.
      return isVerdict(error, commandName) ? EXIT.failure : exitCodeOf(error);
    }
    // Commander has printed its reason, and what is not well was printed as the answer.
    if (!(error instanceof CommanderError) && !(error instanceof NotWell))
      output.err(plainText(error instanceof ApiError ? error.detail : error.message));
    return exitCodeOf(error);
  }
}

const KEY_REMEDY = 'Give a key: breakwater login, the option --key, or BREAKWATER_API_KEY.';

const EXPECTED = [CommanderError, NotWell, ApiError, UsageError, ClientUsageError, Failure];

function isExpected(error: unknown): error is Error {
  return EXPECTED.some((kind) => error instanceof kind);
}

function tell(refusal: ApiError, commandName: string | undefined, isJson: boolean, output: Output): void {
  if (isJson) return output.out(refusal.body);
  if (isVerdict(refusal, commandName)) problemLines(refusal.problems).forEach(output.out);
  else describeProblem(refusal).forEach(output.err);
  if (refusal.status === 401) output.err(KEY_REMEDY);
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}
