import { createClient, type Client, type RawCall } from '@breakwater/client';
import type { Command } from 'commander';
import { Failure, NotWell } from './failures.js';
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

export interface Call {
  method?: string;
  /** Parts of the path below `root`, escaped by the client. */
  path: readonly string[];
  /** `/api/v1` by default. */
  root?: string;
  query?: RawCall['query'];
  /** Sent as JSON; a string or bytes are already JSON. */
  body?: unknown;
  /** It makes a call that changes something repeatable. */
  idempotencyKey?: string | undefined;
}

/** Passed to each command: the API, and a way to print its answer. */
export class Session {
  private readonly client: Client;
  private readonly isJson: boolean;

  constructor(
    private readonly output: Output,
    command: Command,
  ) {
    const { url, key, json } = command.optsWithGlobals<GlobalOptions>();
    this.client = createClient({ url, ...(key === undefined ? {} : { apiKey: key }) });
    this.isJson = json === true;
  }

  /** Prints what `present` returns for the answer and its text, or with --json the answer unchanged. */
  async show(call: Call, present: (answer: never, body: string) => string[]): Promise<void> {
    this.print(await this.ask(call), present);
  }

  /** The body of the answer, as it was received. @throws ApiError */
  async ask({ root = '/api/v1', path, idempotencyKey, ...call }: Call): Promise<string> {
    const parts = [...root.split('/').filter(Boolean), ...path];
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    return (await this.client.request({ ...call, ...key, path: parts })).body;
  }

  /** As {@link show}. @throws NotWell when the answer says `ok: false` */
  async showVerdict(call: Call, present: (answer: never) => string[]): Promise<void> {
    const body = await this.ask(call);
    this.print(body, present);
    if ((parsed(body) as { ok?: unknown } | null)?.ok !== true) throw new NotWell();
  }

  /** Prints an answer that was received before. */
  print(body: string, present: (answer: never, body: string) => string[]): void {
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
    throw new Failure('the answer is not JSON: is this URL the API’s?', { cause: error });
  }
}

/** The lines of an answer; an answer of another shape comes from another server. */
function readable(present: () => string[]): string[] {
  try {
    return present();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('the answer is not one of Breakwater’s: is this URL the API’s?', { cause: error });
  }
}
