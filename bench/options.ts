/** A whole number from the command line. */
export function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(name);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} takes a whole number, 1 or more`);
  return value;
}

/** The word after an option. */
export function textOption(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

export function has(name: string): boolean {
  return process.argv.includes(name);
}

/** The words of the command line before the first option; `all` means every part. */
export function parts(names: readonly string[], otherwise: readonly string[]): readonly string[] {
  const words = process.argv.slice(2);
  const firstOption = words.findIndex((word) => word.startsWith('--'));
  const wanted = firstOption < 0 ? words : words.slice(0, firstOption);
  if (wanted.includes('all')) return names;
  const unknown = wanted.find((word) => !names.includes(word));
  if (unknown !== undefined)
    throw new Error(`there is no part ${unknown}; there are all, ${names.join(', ')}`);
  return wanted.length > 0 ? wanted : otherwise;
}
