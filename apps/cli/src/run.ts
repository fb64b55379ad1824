import { CommanderError, type Command } from 'commander';
import { ApiRefusal, ApiUnreachable, UsageError } from './api-client.service.js';
import { isVerdict } from './commands/manifests.js';
import { plainText } from './plain-text.js';
import { describeProblem, problemLines } from './problem.js';
import { createProgram } from './program.js';
import { NotWell, type Output } from './session.service.js';

/**
 * Runs one command line.
 * @returns the exit code: 0 done, 1 refused, wrongly used or not well, 2 the API cannot be reached
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
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode; // It has printed the reason.
    if (error instanceof NotWell) return 1;
    if (error instanceof ApiRefusal) {
      tell(error, commandName, program.opts<{ json?: boolean }>().json === true, output);
      return 1;
    }
    if (error instanceof UsageError || error instanceof ApiUnreachable) {
      output.err(plainText(error.message));
      return error instanceof ApiUnreachable ? 2 : 1;
    }
    throw error;
  }
}

function tell(refusal: ApiRefusal, commandName: string | undefined, isJson: boolean, output: Output): void {
  if (isJson) return output.out(refusal.body);
  if (isVerdict(refusal, commandName)) problemLines(refusal.problem.problems ?? []).forEach(output.out);
  else describeProblem(refusal.problem).forEach(output.err);
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}
