import { Argument, type Command } from 'commander';
import { SCRIPTS } from '../completion/scripts.js';
import { placesOf } from '../completion/words.js';
import type { Output } from '../session.service.js';

export function addCompletionCommand(program: Command, output: Output): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .description('the script that completes commands and options: source <(breakwater completion bash)')
    .action((shell: string) => output.out(SCRIPTS[shell]!(placesOf(program)).trimEnd()));
}
