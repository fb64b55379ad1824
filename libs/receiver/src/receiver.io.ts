import { ConfigurationError } from './configuration-error.js';
import { startDeadline, type Deadline } from './deadline.io.js';
import { Problem, Refused } from './problem.js';
import { lost, rawBody, type Body } from './raw-body.js';
import { problemOf, refusal, replyTo, success, type Reply } from './reply.js';
import { memoryStore } from './stores/memory.js';
import type { Store } from './stores/store.js';
import type { HeaderOf } from './verify/signature.js';
import { createVerifier, type Verified, type VerifyOptions } from './verify/verifier.io.js';

/** A call in progress, for its handler. */
export interface Call {
  /** `webhook-id`: the same in all attempts of a delivery. */
  id: string;
  /** 1 or more. */
  attempt: number;
  /** When this attempt was signed. */
  signedAt: Date;
  /** Of a capability: the same for all calls of one request. */
  requestId: string | null;
  /** The bytes that were signed. */
  body: Uint8Array;
  header: HeaderOf;
  /** Time until the caller's deadline, in ms; 0 when it is over. */
  remainingMs(): number;
  /** Aborted when the caller's deadline is over, or the caller disconnected: stop the work. */
  signal: AbortSignal;
}

export type Handler<In, Out> = (payload: In, call: Call) => Out | Promise<Out>;

export interface HandlerOptions<In> {
  /** Reads and checks the bytes, in place of JSON.parse. What it throws refuses the call (400). */
  read?: (bytes: Uint8Array) => In;
}

/** What an adapter makes of a request of its framework. */
export interface Received {
  header: HeaderOf;
  body: Body;
  /** Aborted when the caller disconnects. */
  gone?: AbortSignal;
  /** The line to change if the raw bytes are gone, as a sentence. */
  remedy: string;
}

/** One webhook, ready for an adapter. It never throws. */
export type Webhook = (received: Received) => Promise<Reply>;

export interface ReceiverOptions extends VerifyOptions {
  /** Where handled deliveries are remembered: `memoryStore()` when left out, null for none. */
  store?: Store | null;
  /** How long, in ms; 3 days when left out. */
  keepMs?: number;
  /** Deadline of calls that do not name theirs (events), in ms; 10 s when left out. */
  timeoutMs?: number;
  /** The longest body; 1 MiB when left out, which is the most that Breakwater sends. */
  maxBytes?: number;
  /** Told of every call without success. When left out, what needs a person (status 500) goes to console.error. */
  onProblem?: (problem: Problem) => void;
}

export interface Receiver {
  /** For an event, and for a capability that is async: done when the handler returns. */
  event<In = unknown>(this: void, handler: Handler<In, unknown>, options?: HandlerOptions<In>): Webhook;
  /** For a sync capability: what the handler returns is the answer. */
  capability<In = unknown, Out = unknown>(
    this: void,
    handler: Handler<In, Out>,
    options?: HandlerOptions<In>,
  ): Webhook;
}

/** After the deadline, until a process that died while handling may be replaced. */
const LEASE_MARGIN_MS = 5000;
const THREE_DAYS_MS = 259_200_000;
const MAX_BYTES = 1_048_576;
const TIMEOUT_MS = 10_000;

/** @throws ConfigurationError if a secret or key is missing or damaged */
export function createReceiver(options: ReceiverOptions): Receiver {
  const verify = createVerifier(options);
  const store = options.store === undefined ? memoryStore() : options.store;
  const { keepMs = THREE_DAYS_MS, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = options;
  const onProblem = options.onProblem ?? printProblem;
  const running = new Map<string, Promise<Reply>>();

  function failed(error: unknown): Reply {
    const problem = problemOf(error);
    onProblem(problem);
    return replyTo(problem);
  }

  async function verified(received: Received): Promise<Verified & { body: Uint8Array }> {
    const { header, remedy } = received;
    const { bytes, isDoubtful } = await rawBody(received.body, header('content-length'), {
      maxBytes,
      remedy,
    });
    const verdict = await verify(header, bytes).catch(keysUnavailable);
    if (verdict.ok) return { ...verdict, body: bytes };
    if (verdict.code === 'SIGNATURE_WRONG' && isDoubtful) throw lost('they are gone or others', remedy);
    throw new Problem(verdict.code, 401, verdict.message);
  }

  /** Runs the handler unless the delivery was handled before. */
  async function once(call: Call, work: () => Promise<Reply>): Promise<Reply> {
    if (store === null) return work();
    const token = crypto.randomUUID();
    const claim = await store.claim(call.id, token, call.remainingMs() + LEASE_MARGIN_MS).catch(unavailable);
    if (claim.state === 'done') return JSON.parse(claim.answer) as Reply;
    if (claim.state === 'running') throw inProgress();
    let reply: Reply;
    try {
      if (call.signal.aborted) throw deadlineOver();
      reply = await work();
    } catch (error) {
      await store.forget(call.id, token).catch(failed); // The lease ends by itself.
      throw error;
    }
    await store.finish(call.id, JSON.stringify(reply), keepMs).catch(failed); // The work is done all the same.
    return reply;
  }

  /** The same delivery twice at once in this process: both get the answer of the first. */
  function shared(call: Call, work: () => Promise<Reply>): Promise<Reply> {
    const known = running.get(call.id);
    if (known) return known;
    const reply = once(call, work)
      .catch(failed)
      .finally(() => running.delete(call.id));
    running.set(call.id, reply);
    return reply;
  }

  async function respond(received: Received, deadline: Deadline, handle: Handle): Promise<Reply> {
    const { id, signedAt, body } = await verified(received);
    const { header } = received;
    const call: Call = {
      id,
      attempt: attemptOf(header),
      signedAt,
      requestId: header('x-request-id') ?? null,
      body,
      header,
      remainingMs: () => deadline.remainingMs(),
      signal: deadline.signal,
    };
    const reply = await Promise.race([shared(call, () => handle(call)), deadline.over]);
    if (reply) return reply;
    throw deadlineOver();
  }

  const webhook =
    (handle: Handle): Webhook =>
    async (received) => {
      const deadline = startDeadline(budgetOf(received.header) ?? timeoutMs, received.gone);
      return respond(received, deadline, handle)
        .catch(failed)
        .finally(() => deadline.stop());
    };

  return {
    event: (handler, { read = readJson } = {}) =>
      webhook(async (call) => {
        await handler(payloadOf(call, read), call);
        return success(null);
      }),
    capability: (handler, { read = readJson } = {}) =>
      webhook(async (call) => {
        try {
          return success(await handler(payloadOf(call, read), call));
        } catch (error) {
          if (error instanceof Refused) return refusal(error);
          throw error;
        }
      }),
  };
}

type Handle = (call: Call) => Promise<Reply>;

function payloadOf<In>({ body }: Call, read: (bytes: Uint8Array) => In): In {
  try {
    return read(body);
  } catch (cause) {
    throw new Problem('PAYLOAD_INVALID', 400, 'The payload is not of the form that this webhook reads.', {
      cause,
    });
  }
}

function readJson(bytes: Uint8Array): any {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

function budgetOf(header: HeaderOf): number | null {
  const text = header('x-timeout-ms') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function attemptOf(header: HeaderOf): number {
  const text = header('x-retry-attempt') ?? header('x-webhook-attempt') ?? header('breakwater-attempt');
  return Number(text) || 1;
}

function keysUnavailable(cause: unknown): never {
  if (cause instanceof ConfigurationError) throw cause;
  throw new Problem('KEYS_UNAVAILABLE', 503, 'The keys that verify a call cannot be read now.', {
    cause,
    retryAfterMs: 1000,
  });
}

function unavailable(cause: unknown): never {
  throw new Problem('STORE_UNAVAILABLE', 503, 'Handled deliveries cannot be looked up now.', {
    cause,
    retryAfterMs: 1000,
  });
}

function deadlineOver(): Problem {
  return new Problem('DEADLINE_OVER', 503, 'The deadline of the caller is over.', { retryAfterMs: 1000 });
}

/** 425 is tried again, and is no failure for the circuit breaker. */
function inProgress(): Problem {
  return new Problem('IN_PROGRESS', 425, 'Another process handles this delivery now.', {
    retryAfterMs: 2000,
  });
}

function printProblem(problem: Problem): void {
  // oxlint-disable-next-line no-console -- nothing else tells the developer which line to change
  if (problem.status === 500) console.error(problem.cause ?? problem);
}
