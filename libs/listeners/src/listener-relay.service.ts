import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import { HintBus, newId } from '@breakwater/platform';
import { maskedHeaders, WebhookClient } from '@breakwater/webhook-client';
import type { Outcome, Timed, WebhookRequest } from '@breakwater/webhook-client';
import { ANSWER_CHANNEL, callFor } from './address.js';
import { AnswerWatch } from './answer-watch.js';
import { ListenerCallStore, type FoundAnswer, type NewCall } from './listener-call.store.js';
import { listenerOutcome } from './listener-outcome.js';
import { packRequest } from './stored-request.js';
import { ThisProcess } from './this-process.service.js';

/** A hint may be lost: a waiting call looks for its answer this often, ms. */
const LOOKS_AGAIN_MS = 1_000;

const GONE: Outcome = {
  kind: 'network',
  code: 'LISTENER_GONE',
  message: 'the listener ended before it answered',
};

/**
 * Sends a call to the listener of its endpoint, whatever process holds its socket, and waits for the answer: another
 * way to make a call beside the HTTP client, with the same outcomes.
 */
@Injectable()
export class ListenerRelay implements OnModuleDestroy {
  private readonly log = new Logger('Listeners');
  private readonly waiting = new Map<string, AnswerWatch<FoundAnswer>>();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: ListenerCallStore,
    private readonly webhooks: WebhookClient,
    private readonly self: ThisProcess,
    hints: HintBus,
  ) {
    this.unsubscribe = hints.subscribe(ANSWER_CHANNEL, (payload) => this.onHint(payload));
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  /** Never rejects. */
  async send(
    endpoint: ResolvedEndpoint,
    listenerId: string,
    request: WebhookRequest,
    signal?: AbortSignal,
  ): Promise<Outcome & Timed> {
    const startedMs = performance.now();
    const sentAt = request.sentAt ?? new Date();
    const prepared = this.webhooks.prepare({ ...withoutCredentials(request), sentAt });
    if (!prepared.ok) return { ...prepared.outcome, durationMs: 0 };
    const id = newId();
    const stored = packRequest(request, {
      endpointId: endpoint.id,
      capability: endpoint.capability,
      sentAtMs: sentAt.getTime(),
    });
    const call = {
      id,
      listenerId,
      callerProcessId: this.self.id,
      request: stored,
      body: request.body,
      timeoutMs: request.timeoutMs,
    };
    const outcome = await new Promise<Outcome>((resolve) => {
      const settle = this.waitFor(id, request, signal, resolve);
      void this.hand(call, settle);
    });
    const requestHeaders = maskedHeaders([...prepared.headers, 'breakwater-listener', listenerId]);
    return { ...outcome, durationMs: performance.now() - startedMs, timings: null, requestHeaders };
  }

  private async hand(call: NewCall, settle: (outcome: Outcome) => void): Promise<void> {
    try {
      if (await this.store.add(call)) this.waiting.get(call.id)?.ready();
      else settle(GONE);
    } catch (error) {
      settle({ kind: 'network', code: 'LISTENER_UNREACHABLE', message: (error as Error).message });
    }
  }

  /** The first of answer, deadline and the caller's signal decides. @returns what ends the wait otherwise */
  private waitFor(
    id: string,
    { timeoutMs, keepBytes, expectJson }: WebhookRequest,
    signal: AbortSignal | undefined,
    resolve: (outcome: Outcome) => void,
  ): (outcome: Outcome) => void {
    const onAbort = (): void => settle({ kind: 'aborted', message: 'the caller gave up' });
    const settle = (outcome: Outcome | Promise<Outcome>, isTaken = false): void => {
      if (!this.waiting.delete(id)) return;
      clearTimeout(deadline);
      clearInterval(again);
      signal?.removeEventListener('abort', onAbort);
      watch.end();
      if (!isTaken) this.store.remove(id).catch(this.notRead);
      void Promise.resolve(outcome).then(resolve);
    };
    const watch = new AnswerWatch(
      () => this.store.find(id),
      (found) => {
        if (found.kind === 'gone') settle(GONE);
        if (found.kind === 'answered')
          settle(listenerOutcome(found, { keepBytes, expectJson, now: new Date() }), true);
      },
      this.notRead,
    );
    const deadline = setTimeout(
      () => settle({ kind: 'timeout', message: `no complete answer within ${timeoutMs} ms` }),
      timeoutMs,
    );
    const again = setInterval(() => watch.look(), LOOKS_AGAIN_MS);
    this.waiting.set(id, watch);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    return settle;
  }

  private readonly notRead = ({ message }: Error): void =>
    this.log.debug(`a call of a listener is not read: ${message}`);

  private onHint(payload: string | null): void {
    if (payload === null) return this.waiting.forEach((watch) => watch.look());
    const id = callFor(this.self.id, payload);
    if (id !== null) this.waiting.get(id)?.look();
  }
}

/** As in a replay to another URL: they may contain credentials for the usual receiver. */
function withoutCredentials(request: WebhookRequest): WebhookRequest {
  return { ...request, customHeaders: {}, clientCertificate: undefined };
}
