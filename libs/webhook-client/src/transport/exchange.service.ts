import type { Dispatcher } from 'undici';
import { outcomeOfError } from '../outcome/outcome-of-error.js';
import { ResponseCapture } from './response-capture.js';
import type { Outcome } from '../outcome/outcome.js';
import { timingsOf, type Opening, type Timings } from '../outcome/timings.js';
import { RESPONSE_CAP_BYTES } from '../outcome/outcome.js';
import { connectionEnd } from './connection-end.js';
import type { Wire } from './wire.service.js';

/** A place of the pool for one connection at a time. */
export interface Connection {
  /** The call for which it is opened. */
  opener: Exchange | null;
  /** Null before it is open. */
  wire: Wire | null;
  /** How long its opening took, and for which call; filled while it is opened. */
  opening: (Opening & { opener: Exchange }) | null;
}

export interface ExchangeSettings {
  pool: Dispatcher;
  /** Its body is a buffer, so that it can be sent twice. */
  request: Dispatcher.DispatchOptions;
  /** Owner of the call, an app. */
  owner: string | undefined;
  timeoutMs: number;
  keepBytes: number;
  expectJson: boolean;
  /** Whether the status line of an answer is enough, whatever happens to its body. */
  statusDecides: boolean;
  now: () => Date;
}

/**
 * One call in progress: undici's handler, the deadline and the caller's signal in one place. The first event (answer,
 * error, deadline, signal) settles it; later ones are ignored. Built on `dispatch` and not on `request`, whose promise
 * ignores an abort while the call waits for a connection.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  settled = false;
  /** Kept by RunningCalls. */
  place = -1;
  #cut: AbortController | null = null;
  readonly #deadline: NodeJS.Timeout;
  readonly #onCallerAbort = () => this.stop({ kind: 'aborted', message: 'the caller gave up' });
  readonly #capture: ResponseCapture;
  #controller: Dispatcher.DispatchController | null = null;
  #connection: Connection | null = null;
  /** The connection on which the request was written. */
  #wire: Wire | null = null;
  #tries = 1;
  #writtenMs: number | null = null;
  #answeredMs: number | null = null;
  #endedMs: number | null = null;

  constructor(
    private readonly settings: ExchangeSettings,
    private readonly callerSignal: AbortSignal | undefined,
    private readonly done: (outcome: Outcome) => void,
  ) {
    const { timeoutMs } = settings;
    this.#capture = new ResponseCapture(settings.keepBytes);
    this.#deadline = setTimeout(
      () => this.stop({ kind: 'timeout', message: `no complete answer within ${timeoutMs} ms` }),
      timeoutMs,
    );
    callerSignal?.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  /** Passes the call to its pool, which calls the handlers below. */
  start(): void {
    this.settings.pool.dispatch(this.settings.request, this);
  }

  get owner(): string | undefined {
    return this.settings.owner;
  }

  /** The second try of a call must not use another connection that is about to end. */
  get wantsFreshConnection(): boolean {
    return this.#tries > 1;
  }

  goesOver(connection: Connection): void {
    this.#connection = connection;
  }

  /** How long its parts took; complete once it is settled. */
  get timings(): Timings | null {
    const opening = this.#connection?.opening ?? null;
    return timingsOf({
      opening: opening?.opener === this ? opening : null,
      writtenMs: this.#writtenMs,
      answeredMs: this.#answeredMs,
      endedMs: this.#endedMs,
    });
  }

  /** Aborts when the call is over before it had a connection, so that resolving and connecting end. */
  get signal(): AbortSignal {
    this.#cut ??= new AbortController(); // Most calls find an open connection and need none.
    return this.settled ? AbortSignal.abort() : this.#cut.signal;
  }

  /** Settles the call from our side and destroys its socket. */
  stop(outcome: Outcome): void {
    if (!this.#settle(() => this.#cutShort(outcome))) return;
    const error = new Error('the call is over');
    this.#cut?.abort(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.settled) return controller.abort(new Error('the call is over'));
    this.#wire = this.#connection?.wire ?? null;
    this.#wire?.begin();
    this.#writtenMs = performance.now();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#answeredMs ??= performance.now();
    if (status >= 200) return this.#capture.start(status, headers);
    this.stop({ kind: 'protocol', code: 'STATUS', message: `${status} is not a status` });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    this.#capture.add(chunk);
    if (this.#capture.bytesSeen <= RESPONSE_CAP_BYTES) return;
    const message = `the response is longer than ${RESPONSE_CAP_BYTES} bytes`;
    this.stop({ kind: 'response_too_large', status: this.#capture.status, message });
  }

  onResponseEnd(): void {
    this.#settle(() => this.#capture.outcome(this.settings.expectJson, this.settings.now()));
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.settled) return;
    if (!this.#mayTryAgain(error)) {
      this.#settle(() => this.#cutShort(outcomeOfError(error)));
      return;
    }
    this.#tries += 1;
    this.#wire = null;
    this.#writtenMs = null;
    queueMicrotask(() => this.start()); // undici has not finished with the connection that ended.
  }

  /**
   * Once, and only if nothing shows that the receiver has seen the call.
   * @see docs/adr/0023-one-more-try-and-a-scanner-before-the-parser.md
   */
  #mayTryAgain(error: Error): boolean {
    if (this.#tries > 1) return false;
    const end = connectionEnd(error);
    if (end === null || this.#wire?.silent === false) return false;
    return this.#wire?.reused === true || end === 'reset';
  }

  /** The outcome of an answer that ends too soon: if the status line decides, the receiver has done its work. */
  #cutShort(outcome: Outcome): Outcome | Promise<Outcome> {
    if (!this.settings.statusDecides || this.#capture.status === 0) return outcome;
    return this.#capture.outcome(false, this.settings.now(), false);
  }

  #settle(come: () => Outcome | Promise<Outcome>): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.#endedMs = performance.now();
    clearTimeout(this.#deadline);
    this.callerSignal?.removeEventListener('abort', this.#onCallerAbort);
    const outcome = come();
    if (outcome instanceof Promise) void outcome.then(this.done);
    else this.done(outcome);
    return true;
  }
}
