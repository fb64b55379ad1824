import type { Command } from 'commander';

/** What may follow on a command line. */
export interface Word {
  word: string;
  description: string;
}

/** A command, and what may follow it. */
export interface Place {
  /** `breakwater/deliveries/list`. */
  path: string;
  words: Word[];
}

/** Each command with its subcommands and options; those of all commands are at the first only. */
export function placesOf(command: Command, before = ''): Place[] {
  const path = `${before}${command.name()}`;
  const options = [...command.options, command.createHelp().visibleOptions(command).at(-1)].flatMap(
    (option) =>
      option?.long && !option.hidden ? [{ word: option.long, description: option.description }] : [],
  );
  const commands = command.commands.map((each) => ({ word: each.name(), description: each.description() }));
  const words = [...commands, ...new Map(options.map((option) => [option.word, option])).values()];
  return [{ path, words }, ...command.commands.flatMap((each) => placesOf(each, `${path}/`))];
}
