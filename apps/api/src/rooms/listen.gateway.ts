import { Logger } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import type { Socket } from 'socket.io';
import { AuditLog, decideFor, Public, type AuditDetail, type Principal } from '@breakwater/access';
import { RequestCopies, type RequestCopy } from '@breakwater/delivery';
import { FeedStore } from '@breakwater/feed';
import { LEASE_MS, ListenerSessions, type CallForListener, type Renewed } from '@breakwater/listeners';
import { Config, isId } from '@breakwater/platform';
import { listenRequest, type ListenRequest } from './listen-request.js';
import { Listeners, WS_OPTIONS } from './listeners.service.js';

interface Refused {
  ok: false;
  code: string;
  detail: string;
}
type Started = { ok: true; listenerId: string; appId: string; renewEveryMs: number } | Refused;

/** Of a socket that listens. */
interface Listening {
  listening?: { id: string; appId: string; principal: Principal };
}

/**
 * Developers who listen for their app (`breakwater listen`): `listen.start {appId?, calls?, capabilities?}`, then
 * `listen.renew` every few seconds. `listen.requests` gives the signed requests of an event or a delivery of the feed;
 * the server sends `listen.call`, whose acknowledgement is the answer to a sync call.
 */
@Public() // The handshake is guarded by RoomsGateway.
@WebSocketGateway(WS_OPTIONS)
export class ListenGateway implements OnGatewayDisconnect {
  private readonly log = new Logger('Listeners');

  constructor(
    private readonly listeners: Listeners,
    private readonly sessions: ListenerSessions,
    private readonly copies: RequestCopies,
    private readonly feed: FeedStore,
    private readonly audit: AuditLog,
    private readonly config: Config,
  ) {}

  async handleDisconnect(socket: Socket): Promise<void> {
    await this.end(socket);
  }

  @SubscribeMessage('listen.start')
  async start(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<Started> {
    const request = listenRequest(body);
    if (typeof request === 'string') return refused('INPUT_INVALID', request);
    if (request.answersCalls && !this.config.api.listenersAnswerCalls) return CALLS_ARE_OFF;
    return this.answered(async () => {
      const principal = await this.listeners.principalOf(socket);
      if (!principal) return UNAUTHENTICATED;
      const appId = request.appId ?? principal.appId;
      if (appId === null)
        return refused('INPUT_INVALID', 'appId is needed with a key that is not of one app');
      const refusal = await this.refusalOf(principal, appId);
      if (refusal) return refusal;
      await this.end(socket);
      const id = await this.begin(socket, principal, appId, request);
      if (!socket.connected) {
        // Gone meanwhile: nobody else would end it.
        await this.end(socket);
        return UNAUTHENTICATED;
      }
      return { ok: true, listenerId: id, appId, renewEveryMs: LEASE_MS / 3 };
    });
  }

  @SubscribeMessage('listen.renew')
  async renew(@ConnectedSocket() socket: Socket): Promise<({ ok: true } & Renewed) | Refused> {
    return this.answered(async () => {
      const { listening } = socket.data as Listening;
      if (!listening || !(await this.listeners.principalOf(socket))) return NOT_LISTENING;
      return { ok: true, ...(await this.sessions.renew(listening.id)) };
    });
  }

  @SubscribeMessage('listen.stop')
  async stop(@ConnectedSocket() socket: Socket): Promise<{ ok: true }> {
    await this.end(socket);
    return { ok: true };
  }

  @SubscribeMessage('listen.requests')
  async requests(
    @ConnectedSocket() socket: Socket,
    @MessageBody() body: { eventId?: unknown; deliveryId?: unknown } | undefined,
  ): Promise<{ ok: true; isPending: boolean; requests: RequestCopy[] } | Refused> {
    const { eventId, deliveryId } = body ?? {};
    const id = deliveryId ?? eventId;
    if (typeof id !== 'string' || !isId(id))
      return refused('INPUT_INVALID', 'eventId or deliveryId must be the id of an item of the feed');
    return this.answered(async () => {
      const { listening } = socket.data as Listening;
      if (!listening || !(await this.listeners.principalOf(socket))) return NOT_LISTENING;
      const { appId } = listening;
      if (deliveryId === undefined) {
        const { isPending, copies } = await this.copies.ofEvent(appId, id);
        return { ok: true, isPending, requests: copies };
      }
      const copy = await this.copies.ofDelivery(appId, id);
      return { ok: true, isPending: false, requests: copy ? [copy] : [] };
    });
  }

  /** A portal link has no scope that suffices. */
  private async refusalOf(principal: Principal, appId: string): Promise<Refused | null> {
    const decision =
      principal.kind === 'portal' ? 'forbidden' : decideFor(principal, ['admin', 'app'], appId);
    if (decision === 'forbidden')
      return refused(
        'FORBIDDEN',
        'listening needs a key of the app with scope app, or a key with scope admin',
      );
    if (decision !== 'allow' || !(await this.feed.hasApp(appId)))
      return refused('APP_NOT_FOUND', 'there is no such app');
    return null;
  }

  private async begin(
    socket: Socket,
    principal: Principal,
    appId: string,
    { answersCalls, capabilities }: ListenRequest,
  ): Promise<string> {
    const connection = {
      call: async (call: CallForListener, withinMs: number) => sent(socket, call, withinMs),
    };
    const listener = { appId, answersCalls, capabilities, startedBy: principal.name };
    return this.audited('listener.start', { appId, principal }, { answersCalls, capabilities }, async () => {
      const id = await this.sessions.start(listener, connection);
      (socket.data as Listening).listening = { id, appId, principal };
      return id;
    });
  }

  private async end(socket: Socket): Promise<void> {
    const data = socket.data as Listening;
    const { listening } = data;
    if (!listening) return;
    delete data.listening;
    await this.sessions.end(listening.id);
    await this.audited('listener.end', listening, {}, async () => undefined).catch((error: Error) =>
      this.log.warn(`the end of a listener is not in the audit log: ${error.message}`),
    );
  }

  private async audited<T>(
    action: string,
    { appId, principal }: { appId: string; principal: Principal },
    detail: AuditDetail,
    work: () => Promise<T>,
  ): Promise<T> {
    const { name: actor, keyId: actorKeyId } = principal;
    const line = { actor, actorKeyId, action, target: appId, appId, requestId: null, detail };
    const id = await this.audit.begin(line);
    try {
      const result = await work();
      await this.audit.end(id, { status: 200 });
      return result;
    } catch (error) {
      await this.audit.end(id, { status: 503 });
      throw error;
    }
  }

  private async answered<T>(work: () => Promise<T>): Promise<T | Refused> {
    try {
      return await work();
    } catch (error) {
      this.log.warn(`a listener is refused: ${(error as Error).message}`);
      return refused('DATABASE_UNAVAILABLE', 'the database does not answer: try again in a few seconds');
    }
  }
}

const UNAUTHENTICATED = refused('UNAUTHENTICATED', 'listen after `ready`, with a valid key');
const CALLS_ARE_OFF = refused(
  'FORBIDDEN',
  'listeners do not answer calls here (LISTENERS_ANSWER_CALLS=false): use --no-calls',
);
const NOT_LISTENING = refused('NOT_LISTENING', 'begin with `listen.start`');

async function sent(socket: Socket, call: CallForListener, withinMs: number): Promise<unknown> {
  return socket.timeout(withinMs).emitWithAck('listen.call', call) as Promise<unknown>;
}

function refused(code: string, detail: string): Refused {
  return { ok: false, code, detail };
}
