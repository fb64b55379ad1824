import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { EndpointDirectory } from '@breakwater/manifest';
import { HintBus, newId } from '@breakwater/platform';
import { WebhookClient, type PreparedRequest } from '@breakwater/webhook-client';
import { CALL_CHANNEL, callFor } from './address.js';
import { LISTENER_GONE, receivedAnswer, type ReceivedAnswer } from './listener-answer.js';
import { ListenerCallStore, type TakenCall } from './listener-call.store.js';
import { ListenerStore, type NewListener } from './listener.store.js';
import { requestFor } from './stored-request.js';
import { ThisProcess } from './this-process.service.js';

/** A call as a listener gets it. */
export interface CallForListener extends PreparedRequest {
  /** Of the call, as in its header `webhook-id`. */
  webhookId: string;
  capability: string;
  timeoutMs: number;
}

/** The socket of a listener. */
export interface ListenerConnection {
  /** @returns what the listener said, whatever it is. Rejects when there is no answer in time */
  call(call: CallForListener, withinMs: number): Promise<unknown>;
}

/** `answering`: it gets the calls; `later`: somebody who began later does; `over`: the lease has ended. */
export type Renewed = { state: 'answering' } | { state: 'later'; by: string } | { state: 'over' };

interface Session {
  appId: string;
  connection: ListenerConnection;
}

const GONE: ReceivedAnswer = { answer: LISTENER_GONE, body: Buffer.alloc(0) };

/** The listeners whose sockets are in this process: holds their leases, and passes calls to them. */
@Injectable()
export class ListenerSessions implements OnModuleDestroy {
  private readonly log = new Logger('Listeners');
  private readonly sessions = new Map<string, Session>();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: ListenerStore,
    private readonly calls: ListenerCallStore,
    private readonly endpoints: EndpointDirectory,
    private readonly webhooks: WebhookClient,
    private readonly self: ThisProcess,
    hints: HintBus,
  ) {
    this.unsubscribe = hints.subscribe(CALL_CHANNEL, (payload) => this.onHint(payload));
  }

  /** @returns the id of the listener */
  async start(
    listener: Omit<NewListener, 'id' | 'processId'>,
    connection: ListenerConnection,
  ): Promise<string> {
    const id = newId();
    // Before the row: from then on calls may come.
    this.sessions.set(id, { appId: listener.appId, connection });
    try {
      await this.store.start({ ...listener, id, processId: this.self.id });
    } catch (error) {
      this.sessions.delete(id);
      throw error;
    }
    if (listener.answersCalls) await this.endpoints.announce(listener.appId);
    return id;
  }

  async renew(id: string): Promise<Renewed> {
    if (!this.sessions.has(id)) return { state: 'over' };
    const renewed = await this.store.renew(id);
    if (renewed) {
      this.takeAll();
      return renewed.laterBy === null ? { state: 'answering' } : { state: 'later', by: renewed.laterBy };
    }
    this.sessions.delete(id);
    return { state: 'over' };
  }

  /** Its calls are answered as lost, and go to the manifest's URL from then on. Never rejects. */
  async end(id: string): Promise<void> {
    const session = this.sessions.get(id);
    if (!session) return;
    this.sessions.delete(id);
    try {
      await this.store.end(id);
      await this.endpoints.announce(session.appId);
    } catch (error) {
      this.log.warn(`the lease of a listener is not ended, it expires: ${(error as Error).message}`);
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.unsubscribe();
    await Promise.all([...this.sessions.keys()].map((id) => this.end(id)));
  }

  private onHint(payload: string | null): void {
    if (payload === null) return this.takeAll();
    const id = callFor(this.self.id, payload);
    if (id !== null) this.taking(this.calls.take(id).then((call) => (call ? [call] : [])));
  }

  /** Hints may have been lost. */
  private takeAll(): void {
    if (this.sessions.size > 0) this.taking(this.calls.takeAll([...this.sessions.keys()]));
  }

  private taking(calls: Promise<TakenCall[]>): void {
    calls
      .then((taken) => Promise.all(taken.map((call) => this.pass(call))))
      .catch((error: Error) => this.log.warn(`a call for a listener is not passed on: ${error.message}`));
  }

  private async pass(call: TakenCall): Promise<void> {
    await this.calls.answer(call.id, await this.answerOf(call));
  }

  private async answerOf({ listenerId, request, body, leftMs }: TakenCall): Promise<ReceivedAnswer> {
    const session = this.sessions.get(listenerId);
    const endpoint = await this.endpoints.byId(request.endpointId);
    if (!session || !endpoint) return GONE;
    const { url, secrets } = endpoint;
    const prepared = this.webhooks.prepare(requestFor(request, { url, secrets, body }));
    if (!prepared.ok) return GONE;
    const { method, path, headers } = prepared;
    const { webhookId, capability } = request;
    const withinMs = Math.max(1, Math.floor(leftMs));
    const call = {
      webhookId,
      capability,
      method,
      path,
      headers: [...headers, 'breakwater-listener', listenerId],
      body,
      timeoutMs: withinMs,
    };
    try {
      return receivedAnswer(await session.connection.call(call, withinMs));
    } catch (error) {
      return receivedAnswer({ failed: { code: 'TIMEOUT', message: (error as Error).message } });
    }
  }
}
