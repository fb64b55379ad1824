import type { Command } from 'commander';
import { ApiClient, UsageError, type Call } from './api-client.service.js';
import { plainText } from './plain-text.js';
import { table, type Columns } from './table.js';

/** Where a run writes. */
export interface Output {
  out: (line: string) => void;
  err: (line: string) => void;
}

interface GlobalOptions {
  url: string;
  key?: string;
  json?: boolean;
}

interface Page<Row> {
  items: Row[];
  /** Absent from lists that have one page. */
  nextCursor?: string | null;
}

/** The answer was printed, and says that something is wrong. */
export class NotWell extends Error {}

/** Passed to each command: the API, and a way to print its answer. */
export class Session {
  private readonly client: ApiClient;
  private readonly isJson: boolean;

  constructor(
    private readonly output: Output,
    command: Command,
  ) {
    const { url, key, json } = command.optsWithGlobals<GlobalOptions>();
    this.client = new ApiClient(url, key);
    this.isJson = json === true;
  }

  /** Prints what `present` returns for the answer and its text, or with --json the answer unchanged. */
  async show(call: Call, present: (answer: never, body: string) => string[]): Promise<void> {
    this.print(await this.client.call(call), present);
  }

  /** As {@link show}. @throws NotWell when the answer says `ok: false` */
  async showVerdict(call: Call, present: (answer: never) => string[]): Promise<void> {
    const body = await this.client.call(call);
    this.print(body, present);
    if ((parsed(body) as { ok?: unknown } | null)?.ok !== true) throw new NotWell();
  }

  private print(body: string, present: (answer: never, body: string) => string[]): void {
    if (this.isJson) return this.output.out(body === '' ? 'null' : body);
    for (const line of readable(() => present(parsed(body), body))) this.output.out(line);
  }

  async list<Row extends object>(call: Call, columns: Columns<Row>): Promise<void> {
    await this.show(call, ({ items, nextCursor }: Page<Row>) => [
      ...(items.length === 0 ? ['none'] : table(items, columns)),
      ...(nextCursor === null || nextCursor === undefined ? [] : [`more: --cursor ${plainText(nextCursor)}`]),
    ]);
  }
}

function parsed(body: string): never {
  try {
    return (body === '' ? null : JSON.parse(body)) as never;
  } catch (error) {
    throw new UsageError('the answer is not JSON: is this URL the API’s?', { cause: error });
  }
}

/** The lines of an answer; an answer of another shape comes from another server. */
function readable(present: () => string[]): string[] {
  try {
    return present();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError('the answer is not one of Breakwater’s: is this URL the API’s?', { cause: error });
  }
}
