const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * What a process does at the first SIGINT or SIGTERM; after it the process ends with code 0. Created first of all: in
 * a container, nothing else ends a process that waits for its database.
 */
export class StopSignal {
  private isStopping = false;
  private stop: (() => Promise<void>) | null = null;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, () => this.onSignal(signal));
  }

  /** @param stop from now on ends what was started; before that there is nothing to end */
  runs(stop: () => Promise<void>): void {
    this.stop = stop;
  }

  private onSignal(signal: string): void {
    if (this.isStopping) return;
    this.isStopping = true;
    if (this.stop === null) {
      process.stdout.write(`breakwater: ${signal} before the start was over\n`);
      process.exit(0);
    }
    this.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(
          `stopping failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
        process.exit(1);
      },
    );
  }
}

/** When a start fails, prints the reason and the remedy, and ends with code 1. */
export async function startOrExplain(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const message = (error as { message?: string } | undefined)?.message || String(error);
    process.stderr.write(`breakwater cannot start: ${message}\n`);
    process.exit(1);
  }
}
