import { handledJson, handledLine, resultText, type Handled } from './lines.js';
import { callLocally, type LocalResult, type Request } from './local-call.service.js';
import { KnownDeliveries } from './known-deliveries.js';
import type { IncomingCall, RequestCopy } from './listen-connection.service.js';
import { askedFor, type Asked, type ListenedItem, type Wish } from './wanted.js';
import { plainText } from '../plain-text.js';

/** An event has no deadline of a waiting caller, ms. */
const EVENT_TIMEOUT_MS = 30_000;
/** Ids of deliveries that are remembered. */
const KNOWN_MAX = 100_000;
/** Bytes of a body that the details show. */
const SHOWN_BYTES = 4_000;

export interface ForwarderOptions {
  forwardTo: string;
  wish: Wish;
  isJson: boolean;
  out: (line: string) => void;
  /** After each event that was handled. */
  handled: () => void;
}

interface Last {
  handled: Handled;
  request: Request;
  asked: Asked;
}

/** Passes what comes on to the program on this machine: events in order and each once, calls at once. */
export class Forwarder {
  /** Of the last item that is done. */
  cursor: string | undefined;
  private readonly known = new KnownDeliveries(KNOWN_MAX);
  private queue: Promise<void> = Promise.resolve();
  private last: Last | undefined;

  constructor(
    private readonly options: ForwarderOptions,
    private readonly requestsOf: (asked: Asked) => Promise<RequestCopy[] | null>,
  ) {}

  /** @returns whether it asks for requests */
  item(item: ListenedItem): boolean {
    this.queue = this.queue.then(() => this.pass(item));
    return this.askedFor(item) !== null;
  }

  /** Answers a sync call. @returns the acknowledgement */
  async call(call: IncomingCall): Promise<unknown> {
    const { webhookId: id, capability: type, timeoutMs } = call;
    this.known.add(id);
    const result = await this.send({ kind: 'call', type, id, isAgain: false }, call, timeoutMs, {
      deliveryId: id,
    });
    switch (result.kind) {
      case 'answered':
        return { status: result.status, headers: result.headers, body: result.body };
      case 'too_large':
        return { status: result.status, tooLarge: true };
      case 'failed':
        return { failed: { code: result.code, message: result.message } };
    }
  }

  /** Sends the last one again, with a new signature where the API still has it. */
  async again(): Promise<void> {
    const { last } = this;
    if (!last) return this.options.out('nothing was received yet');
    const { kind, type, id } = last.handled;
    const copies = kind === 'event' ? await this.requestsOf({ deliveryId: id }) : null;
    await this.send(
      { kind, type, id, isAgain: true },
      copies?.[0] ?? last.request,
      EVENT_TIMEOUT_MS,
      last.asked,
    );
  }

  /** The last request and its answer, for people. */
  details(): string[] {
    if (!this.last) return ['nothing was received yet'];
    const { handled, request } = this.last;
    const { result } = handled;
    return [
      `${request.method} ${plainText(request.path)}`,
      ...pairsOf(request.headers).map(([name, value]) => `  ${plainText(name)}: ${plainText(value)}`),
      ...bodyLines(request.body),
      `answer: ${resultText(result)}`,
      ...(result.kind === 'answered'
        ? [
            ...Object.entries(result.headers).map(
              ([name, value]) => `  ${plainText(name)}: ${plainText(value)}`,
            ),
            ...bodyLines(result.body),
          ]
        : []),
    ];
  }

  /** Of the last one; undefined before. */
  get lastDeliveryId(): string | undefined {
    return this.last?.handled.id;
  }

  private async pass(item: ListenedItem): Promise<void> {
    const asked = this.askedFor(item);
    if (asked) {
      const copies = await this.requestsOf(asked);
      if (copies === null) return; // Ended: this item is not done.
      for (const copy of copies) await this.passCopy(copy, asked);
    }
    this.cursor = item.cursor;
  }

  private askedFor(item: ListenedItem): Asked | null {
    return askedFor(item, this.options.wish, (id) => this.known.has(id));
  }

  private async passCopy(copy: RequestCopy, asked: Asked): Promise<void> {
    if (!this.known.add(copy.deliveryId)) return;
    const what = { kind: 'event', type: copy.eventType, id: copy.deliveryId, isAgain: false } as const;
    await this.send(what, copy, EVENT_TIMEOUT_MS, asked);
    this.options.handled();
  }

  private async send(
    what: Pick<Handled, 'kind' | 'type' | 'id' | 'isAgain'>,
    request: Request,
    timeoutMs: number,
    asked: Asked,
  ): Promise<LocalResult> {
    const { forwardTo, isJson, out } = this.options;
    const result = await callLocally(forwardTo, request, timeoutMs);
    const { method, path } = request;
    const handled: Handled = { ...what, method, path, result };
    this.last = { handled, request, asked };
    const at = new Date();
    out(isJson ? handledJson(handled, at) : handledLine(handled, at));
    return result;
  }
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as [string, string]] : []));
}

function bodyLines(body: Buffer): string[] {
  if (body.length === 0) return [];
  const more = body.length > SHOWN_BYTES ? [`… ${body.length} bytes in all`] : [];
  const lines = body.subarray(0, SHOWN_BYTES).toString().split('\n').map(plainText);
  return ['', ...lines, '', ...more];
}
