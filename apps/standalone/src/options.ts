/** What `npm start -- …` may ask for. */
export interface Options {
  /** Without the sample app. */
  noDemo: boolean;
  /** Opens this machine's own ports to webhooks. */
  allowLocalhost: boolean;
  /** Shows the settings and ends. */
  printConfig: boolean;
}

const OPTIONS: Record<string, keyof Options> = {
  '--no-demo': 'noDemo',
  '--allow-localhost': 'allowLocalhost',
  '--print-config': 'printConfig',
};

/** @throws Error for an option that there is not */
export function readOptions(args: readonly string[]): Options {
  const options: Options = { noDemo: false, allowLocalhost: false, printConfig: false };
  for (const arg of args) {
    const name = OPTIONS[arg];
    if (name === undefined) {
      throw new Error(`unknown option ${arg}; there are ${Object.keys(OPTIONS).join(', ')}`);
    }
    options[name] = true;
  }
  return options;
}
