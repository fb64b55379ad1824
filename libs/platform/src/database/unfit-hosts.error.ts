const READ_ONLY = '25006';

/**
 * No host of the URL is what a connection needs. Its code is one of PostgreSQL's or Node's: if a host answered and is
 * read-only that one, otherwise that of the last host.
 */
export class UnfitHostsError extends Error {
  readonly code: string | undefined;

  constructor(failures: readonly { at: string; error: Error }[]) {
    const reasons = failures.map(({ at, error }) => `${at}: ${reasonOf(error)}`);
    const decisive = failures.find(({ error }) => codeOf(error) === READ_ONLY) ?? failures.at(-1)!;
    super(`no host of the database can be used (${reasons.join('; ')})`, { cause: decisive.error });
    this.name = 'UnfitHostsError';
    this.code = codeOf(decisive.error);
  }
}

/** Node gives a failure at several addresses of one name no message. */
function reasonOf(error: Error): string {
  return error.message.split('\n', 1)[0] || (codeOf(error) ?? error.name);
}

function codeOf(error: Error): string | undefined {
  return (error as { code?: string }).code;
}
