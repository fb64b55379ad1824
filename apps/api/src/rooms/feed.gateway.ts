import { Logger } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { decideFor, Public, type Principal } from '@breakwater/access';
import { FeedHub, FeedStore, parseCursor, scopeOf, type Position, type Scope } from '@breakwater/feed';
import { FeedSockets } from './feed-sockets.service.js';
import { Listeners, WS_OPTIONS } from './listeners.service.js';

type Subscribed = { ok: true; cursor: string } | Refused;
interface Refused {
  ok: false;
  code: string;
  detail: string;
}

/** Watchers of the live feed: `feed.subscribe {scope, cursor?}`, then `feed.items`, `feed.gap`, `feed.dropped`. */
@Public() // The handshake is guarded by RoomsGateway.
@WebSocketGateway(WS_OPTIONS)
export class FeedGateway implements OnGatewayInit, OnGatewayDisconnect {
  private readonly log = new Logger('Feed');

  constructor(
    private readonly listeners: Listeners,
    private readonly hub: FeedHub,
    private readonly store: FeedStore,
    private readonly sockets: FeedSockets,
  ) {}

  afterInit(server: Server): void {
    this.sockets.use(server);
  }

  handleDisconnect(socket: Socket): void {
    this.hub.unwatch(socket.id);
  }

  @SubscribeMessage('feed.subscribe')
  async subscribe(
    @ConnectedSocket() socket: Socket,
    @MessageBody() body: { scope?: unknown; cursor?: unknown } | undefined,
  ): Promise<Subscribed> {
    const scope = scopeOf(body?.scope);
    if (scope === null)
      return refused('INPUT_INVALID', 'scope must be "global", or {"appId": a text of 1 to 255 characters}');
    const cursor = cursorOf(body?.cursor);
    if (cursor === undefined)
      return refused(
        'CURSOR_INVALID',
        'cursor must be that of an item or of a subscription; leave it out to begin now',
      );
    try {
      const principal = await this.listeners.principalOf(socket);
      const problem = principal ? await this.problemOf(principal, scope) : UNAUTHENTICATED;
      if (problem) return problem;
      if (!socket.connected) return UNAUTHENTICATED; // Gone meanwhile: nobody would take it from the hub again.
      return { ok: true, cursor: await this.hub.watch(socket.id, scope, cursor) };
    } catch (error) {
      this.log.warn(`a watcher is refused: ${(error as Error).message}`);
      return refused('DATABASE_UNAVAILABLE', 'the feed cannot be read now: subscribe again in a few seconds');
    }
  }

  @SubscribeMessage('feed.unsubscribe')
  unsubscribe(@ConnectedSocket() socket: Socket): { ok: true } {
    this.hub.unwatch(socket.id);
    return { ok: true };
  }

  private async problemOf(principal: Principal, scope: Scope): Promise<Refused | null> {
    if (scope.kind === 'global') {
      return principal.scopes.includes('admin')
        ? null
        : refused('FORBIDDEN', 'scope "global" needs a key with scope admin; use {"appId": …}');
    }
    const decision = decideFor(principal, ['admin', 'app', 'read'], scope.appId);
    if (decision !== 'allow' || !(await this.store.hasApp(scope.appId)))
      return refused('APP_NOT_FOUND', 'there is no such app');
    return null;
  }
}

const UNAUTHENTICATED = refused('UNAUTHENTICATED', 'subscribe after `ready`, with a valid key');

/** Null without a cursor; undefined where it is not one. */
function cursorOf(cursor: unknown): Position | null | undefined {
  if (cursor === undefined || cursor === null) return null;
  return (typeof cursor === 'string' ? parseCursor(cursor) : null) ?? undefined;
}

function refused(code: string, detail: string): Refused {
  return { ok: false, code, detail };
}
