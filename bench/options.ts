/** A whole number from the command line. */
export function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(name);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} takes a whole number, 1 or more`);
  return value;
}

/** The first word of the command line that is no option. */
export function part(names: readonly string[], otherwise: string): string {
  const [word = otherwise] = process.argv.slice(2);
  if (word.startsWith('--')) return otherwise;
  if (!names.includes(word)) throw new Error(`no part is called ${word}; there are ${names.join(', ')}`);
  return word;
}
