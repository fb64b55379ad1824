import { ClientUsageError, notJson } from './api.error.js';
import { bodyOf, isRepeatable, type CallOptions, type RawCall } from './call.js';
import { OPERATIONS, type Operation, type Operations } from './generated/operations.gen.js';
import { invocationOf, type Invocation, type InvokeOptions, type Queued } from './invocation.js';
import { Pages, type Page } from './pages.js';
import { baseUrl, pathParts, requestUrl, type Query } from './request-url.js';
import { Transport, type Answer } from './transport.service.js';

export interface ClientOptions {
  /** Where the API is, for example `http://localhost:3000`; a path in front of it is kept. */
  url: string;
  /** Left out in a browser that has signed in. */
  apiKey?: string | undefined;
  /** For each call, repetitions included, ms; 60 s by default. */
  timeoutMs?: number;
  /** Most repetitions of a call that may be repeated; 2 by default, 0: none. */
  retries?: number;
  /** Sent with each request. */
  headers?: Record<string, string>;
  /** In place of the global one. */
  fetch?: typeof globalThis.fetch;
}

/** The API, one function for each operation; grouped as in the document. */
export interface Client extends Operations {
  /**
   * Calls a capability. A sync one answers with what the app or its fallback said; an async one is stored, and `source`
   * is `queued`. It is repeated only when it has an idempotency key: a sync capability is called each time.
   */
  invoke<Data = unknown>(
    appId: string,
    capability: string,
    payload: unknown,
    options?: InvokeOptions,
  ): Promise<Invocation<Data>>;
  /** Calls an async capability. It is repeated under one idempotency key, so that it is stored once. */
  enqueue(appId: string, capability: string, payload: unknown, options?: InvokeOptions): Promise<Queued>;
  /** Any request, and its answer as it was received. @throws ApiError when it is not a success */
  request(call: RawCall): Promise<Answer>;
}

const TIMEOUT_MS = 60_000;
const RETRIES = 2;

/** @throws ClientUsageError when the URL or the key cannot be one */
export function createClient(options: ClientOptions): Client {
  const base = baseUrl(options.url);
  const { apiKey, timeoutMs = TIMEOUT_MS, retries = RETRIES, headers: always = {} } = options;
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey))
    throw new ClientUsageError('the API key contains characters that no key has');
  // Called later, so that a fetch that is replaced afterwards is used.
  const transport = new Transport(options.fetch ?? ((...args) => globalThis.fetch(...args)), retries);

  const request = async (call: RawCall): Promise<Answer> => {
    const { method = 'GET', path, query, idempotencyKey, requestId } = call;
    const body = bodyOf(call.body);
    return transport.send({
      method,
      url: requestUrl(base, path, query),
      headers: {
        accept: 'application/json',
        ...always,
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
      },
      body,
      isRepeatable: isRepeatable(method, idempotencyKey),
      timeoutMs: call.timeoutMs ?? timeoutMs,
      signal: call.signal,
    });
  };

  const ask = async (call: RawCall): Promise<unknown> => parsed(await request(call));
  const invoke = async (
    [appId, capability, payload]: [string, string, unknown],
    { context, ...rest }: InvokeOptions,
  ): Promise<Invocation> => {
    const path = ['api', 'v1', 'apps', appId, 'capabilities', capability, 'invoke'];
    const body = { payload: payload ?? null, ...(context === undefined ? {} : { context }) };
    return invocationOf(await ask({ ...rest, method: 'POST', path, body }));
  };
  const own: Pick<Client, 'invoke' | 'enqueue' | 'request'> = {
    request,
    invoke: async <Data>(
      appId: string,
      capability: string,
      payload: unknown,
      invokeOptions: InvokeOptions = {},
    ) => (await invoke([appId, capability, payload], invokeOptions)) as Invocation<Data>,
    enqueue: async (appId, capability, payload, { idempotencyKey = newKey(), ...rest } = {}) => {
      const queued = await invoke([appId, capability, payload], { idempotencyKey, ...rest });
      if (queued.source !== 'queued')
        throw new ClientUsageError(
          `the capability "${capability}" is sync: it has answered; call it with invoke`,
        );
      return queued;
    },
  };
  return Object.assign(own, grouped(ask));
}

/** The functions of all operations (docs/adr/0041-client-is-a-table-and-a-small-transport.md). */
function grouped(ask: (call: RawCall) => Promise<unknown>): Operations {
  const groups = Object.entries(OPERATIONS).map(([group, operations]) => [
    group,
    Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [name, functionOf(operation, ask)]),
    ),
  ]);
  return Object.fromEntries(groups) as Operations;
}

/** Takes the ids of the path, then the query or the body, then the options. */
function functionOf(operation: Operation, ask: (call: RawCall) => Promise<unknown>) {
  const ids = operation.path.split('{').length - 1;
  return (...args: unknown[]): unknown => {
    const given = args.slice(0, ids) as string[];
    const input = operation.takes === undefined ? undefined : args[ids];
    const options = (args[operation.takes === undefined ? ids : ids + 1] ?? {}) as CallOptions;
    const call: RawCall = {
      ...options,
      method: operation.method,
      path: pathParts(operation.path, given),
      ...(operation.takes === 'body' ? { body: jsonOf(input) } : {}),
      ...(operation.takes === 'query' ? { query: input as Query } : {}),
      ...(operation.hasKey ? { idempotencyKey: options.idempotencyKey ?? newKey() } : {}),
    };
    if (!operation.hasPages) return ask(call);
    return new Pages(
      async (cursor) =>
        (await ask(
          cursor === undefined ? call : { ...call, query: { ...call.query, cursor } },
        )) as Page<unknown>,
    );
  };
}

/** A body that is a text is a value here, not JSON already. */
function jsonOf(input: unknown): string | undefined {
  return input === undefined ? undefined : JSON.stringify(input);
}

function parsed({ status, body }: Answer): unknown {
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch (error) {
    throw notJson(status, body, error);
  }
}

function newKey(): string {
  return crypto.randomUUID();
}
