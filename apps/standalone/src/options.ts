/** Options of `npm start -- …`. */
export interface Options {
  /** Without the sample app. */
  noDemo: boolean;
  /** Allows webhooks to call this machine's own ports. */
  allowLocalhost: boolean;
  /** Shows the settings and ends. */
  printConfig: boolean;
}

const OPTIONS: Record<string, keyof Options> = {
  '--no-demo': 'noDemo',
  '--allow-localhost': 'allowLocalhost',
  '--print-config': 'printConfig',
};

/** @throws Error for an unknown option */
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
