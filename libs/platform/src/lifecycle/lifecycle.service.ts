const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Runs `stop` at the first SIGINT or SIGTERM, or when asked, once; then the process ends with 0. */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(
          `stopping failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

/** A start that fails says why, with the remedy, and ends with 1. */
export async function startOrExplain(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const message = (error as { message?: string } | undefined)?.message || String(error);
    process.stderr.write(`breakwater cannot start: ${message}\n`);
    process.exit(1);
  }
}
