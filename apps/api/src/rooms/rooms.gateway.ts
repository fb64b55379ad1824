import { Logger, type OnModuleInit } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { ApiKeys, decideFor, Public, rawKeyOf, type Principal } from '@breakwater/access';
import { ROOM_CHANNEL } from '@breakwater/delegation';
import { NotificationsAdmin } from '@breakwater/notifications';
import { ACCESS_CHANNEL, HintBus } from '@breakwater/platform';

type Joined = { ok: true } | { ok: false; code: string; detail: string };

/** A listener, and the key that it connected with: the key may be revoked while the socket is open. */
interface Listener {
  principal?: Principal;
  raw?: string;
}

/** Organizers listen here: `join {roomId}`, then `notification` for each fallback used in that room. */
@Public() // Only the handshake is guarded here.
@WebSocketGateway({ path: '/ws', serveClient: false, transports: ['websocket'] })
export class RoomsGateway implements OnModuleInit, OnGatewayConnection {
  @WebSocketServer()
  private readonly server: Server;
  private readonly log = new Logger('Rooms');

  constructor(
    private readonly keys: ApiKeys,
    private readonly hints: HintBus,
    private readonly notifications: NotificationsAdmin,
  ) {}

  onModuleInit(): void {
    this.hints.subscribe(ROOM_CHANNEL, (id) => {
      if (id)
        this.push(id).catch((error: Error) =>
          this.log.warn(`notification ${id} not pushed: ${error.message}`),
        );
    });
    this.hints.subscribe(ACCESS_CHANNEL, () => {
      this.sendAway([...this.server.sockets.sockets.values()]).catch((error: Error) =>
        this.log.warn(`listeners with a revoked key stay until the next notice: ${error.message}`),
      );
    });
  }

  /** The process stops: all listeners are disconnected with a message. */
  sendAllAway(): void {
    this.server.disconnectSockets(true);
  }

  async handleConnection(socket: Socket): Promise<void> {
    const { apiKey } = socket.handshake.auth as { apiKey?: unknown };
    const raw = typeof apiKey === 'string' ? apiKey : rawKeyOf(socket.handshake.headers);
    const principal = raw === null ? null : await this.keys.authenticate(raw).catch(() => null);
    if (!principal || decideFor(principal, ['admin', 'app', 'read'], undefined) !== 'allow') {
      socket.emit('refused', { code: principal ? 'FORBIDDEN' : 'UNAUTHENTICATED' });
      socket.disconnect(true);
      return;
    }
    Object.assign(socket.data as Listener, { principal, raw });
    socket.emit('ready');
  }

  /** An admin receives a room's notices of all apps, an app's key only those of its app. */
  @SubscribeMessage('join')
  async join(
    @ConnectedSocket() socket: Socket,
    @MessageBody() body: { roomId?: unknown } | undefined,
  ): Promise<Joined> {
    const { principal } = socket.data as Listener;
    if (!principal || !(await this.isWelcome(socket)))
      return {
        ok: false,
        code: 'UNAUTHENTICATED',
        detail: 'join after `ready`, with a valid key',
      };
    const roomId = body?.roomId;
    if (typeof roomId !== 'string' || roomId.length === 0 || roomId.length > 255) {
      return { ok: false, code: 'INPUT_INVALID', detail: 'roomId must be a text of 1 to 255 characters' };
    }
    await socket.join(groupOf(roomId, principal.appId));
    return { ok: true };
  }

  private async push(id: string): Promise<void> {
    const { subject, text, appId, capability, roomId, data, createdAt } = await this.notifications.get(id);
    if (roomId === null) return;
    const message = { id, subject, text, appId, capability, roomId, data, createdAt };
    const groups = [groupOf(roomId, null), groupOf(roomId, appId)];
    await this.sendAway(this.listenersOf(groups));
    this.server.to(groups).emit('notification', message);
  }

  private listenersOf(groups: string[]): Socket[] {
    const { adapter, sockets } = this.server.sockets;
    const ids = new Set(groups.flatMap((group) => [...(adapter.rooms.get(group) ?? [])]));
    return [...ids].flatMap((id) => sockets.get(id) ?? []);
  }

  /** Disconnects listeners whose keys are no longer valid. */
  private async sendAway(listeners: Socket[]): Promise<void> {
    for (const socket of listeners) if (!(await this.isWelcome(socket))) socket.disconnect(true);
  }

  /** True until the handshake is over, and as long as the key is valid; a revocation is known here within 5 s. */
  private async isWelcome(socket: Socket): Promise<boolean> {
    const { raw } = socket.data as Listener;
    return raw === undefined || (await this.keys.authenticate(raw)) !== null;
  }
}

function groupOf(roomId: string, appId: string | null): string {
  return JSON.stringify([roomId, appId]);
}
