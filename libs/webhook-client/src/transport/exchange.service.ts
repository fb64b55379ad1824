import type { Dispatcher } from 'undici';
import { outcomeOfError } from '../outcome/outcome-of-error.js';
import { ResponseCapture } from './response-capture.js';
import type { Outcome } from '../outcome/outcome.js';
import { RESPONSE_CAP_BYTES } from '../outcome/outcome.js';

/** Interim (1xx) answers a receiver may send before its real one. */
const MAX_INTERIM_ANSWERS = 10;

export interface ExchangeSettings {
  timeoutMs: number;
  keepBytes: number;
  expectJson: boolean;
  now: () => Date;
}

/**
 * One call on its way: undici's handler, the deadline and the caller's signal in one place. Whoever is first
 * (answer, error, deadline, signal) settles it; the rest is ignored. Built on `dispatch` rather than
 * `request`, whose promise hears no abort while the call still waits for its connection.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  settled = false;
  #cut: AbortController | null = null;
  readonly #deadline: NodeJS.Timeout;
  readonly #onCallerAbort = () => this.stop({ kind: 'aborted', message: 'the caller gave up' });
  readonly #capture: ResponseCapture;
  #controller: Dispatcher.DispatchController | null = null;
  #interimAnswers = 0;

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

  /** Aborts when the call is over before it had a connection, so that name and socket are given up. */
  get signal(): AbortSignal {
    this.#cut ??= new AbortController(); // most calls find an open connection and need none
    return this.settled ? AbortSignal.abort() : this.#cut.signal;
  }

  /** Settles the call from our side and destroys its socket. */
  stop(outcome: Outcome): void {
    if (!this.#settle(outcome)) return;
    const error = new Error('the call is over');
    this.#cut?.abort(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.settled) controller.abort(new Error('the call is over'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status === 101) return this.#breach('UPGRADE', 'the receiver wants another protocol (101)');
    if (status < 100) return this.#breach('STATUS', `${status} is no status`);
    if (status >= 200) return this.#capture.start(status, headers);
    this.#interimAnswers += 1;
    if (this.#interimAnswers > MAX_INTERIM_ANSWERS) this.#breach('INTERIM_FLOOD', 'too many 1xx answers');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    this.#capture.add(chunk);
    if (this.#capture.bytesSeen <= RESPONSE_CAP_BYTES) return;
    const message = `the response is longer than ${RESPONSE_CAP_BYTES} bytes`;
    this.stop({ kind: 'response_too_large', status: this.#capture.status, message });
  }

  onResponseEnd(): void {
    if (!this.settled) this.#settle(this.#capture.outcome(this.settings.expectJson, this.settings.now()));
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (!this.settled) this.#settle(outcomeOfError(error));
  }

  #breach(code: string, message: string): void {
    this.stop({ kind: 'protocol', code, message });
  }

  #settle(outcome: Outcome): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.#deadline);
    this.callerSignal?.removeEventListener('abort', this.#onCallerAbort);
    this.done(outcome);
    return true;
  }
}
