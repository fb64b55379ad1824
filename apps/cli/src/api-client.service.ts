import { request, type Dispatcher } from 'undici';
import { problemFrom, type ApiProblem } from './problem.js';

/** The API refused the request. */
export class ApiRefusal extends Error {
  constructor(
    readonly problem: ApiProblem,
    /** The body as it was received. */
    readonly body: string,
  ) {
    super(problem.detail);
  }
}

/** No answer was received. */
export class ApiUnreachable extends Error {}

/** The command was used wrongly. */
export class UsageError extends Error {}

export interface Call {
  method?: Dispatcher.HttpMethod;
  /** Parts of the path below `root`, escaped here. */
  path: readonly string[];
  /** `/api/v1` by default. */
  root?: string;
  query?: Record<string, string | undefined>;
  /** Sent as JSON; a string or bytes are already JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Longer than the API may take: 30 s for a sync call, and some time more. */
const TIMEOUT_MS = 60_000;

export class ApiClient {
  private readonly base: string;

  constructor(
    url: string,
    private readonly key: string | undefined,
  ) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new UsageError(`not an http URL: ${url}`);
    if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
      throw new UsageError('the API key contains characters that no key has');
    this.base = url.replace(/\/+$/, '');
  }

  /** @throws ApiRefusal, ApiUnreachable, UsageError */
  async call({
    method = 'GET',
    root = '/api/v1',
    path,
    query = {},
    body,
    headers = {},
  }: Call): Promise<string> {
    const url = new URL(`${this.base}${root}/${path.map(segment).join('/')}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    const answer = await this.send(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: bodyOf(body),
    });
    if (answer.status >= 300) throw new ApiRefusal(problemFrom(answer.status, answer.body), answer.body);
    return answer.body;
  }

  private async send(
    url: URL,
    options: Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>,
  ): Promise<{
    status: number;
    body: string;
  }> {
    try {
      const response = await request(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
      return { status: response.statusCode, body: await response.body.text() };
    } catch (error) {
      throw new ApiUnreachable(`cannot reach ${this.base}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

function bodyOf(body: unknown): string | Buffer | null {
  if (body === undefined) return null;
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

function segment(text: string): string {
  // In a URL `..` leads one level up, escaped or not.
  if (text === '' || text === '.' || text === '..') throw new UsageError(`not an id or a name: "${text}"`);
  return encodeURIComponent(text);
}

function reasonOf(error: unknown): string {
  const { message, code, errors } = error as Error & { code?: string; errors?: Error[] };
  return message || errors?.[0]?.message || code || String(error);
}
