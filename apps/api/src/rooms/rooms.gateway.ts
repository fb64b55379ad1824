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
import { Public } from '@breakwater/access';
import { ROOM_CHANNEL } from '@breakwater/delegation';
import { NotificationsAdmin } from '@breakwater/notifications';
import { ACCESS_CHANNEL, HintBus } from '@breakwater/platform';
import { Listeners, WS_OPTIONS } from './listeners.service.js';

type Joined = { ok: true } | { ok: false; code: string; detail: string };

/** Organizers listen here: `join {roomId}`, then `notification` for each fallback used in that room. */
@Public() // Only the handshake is guarded here.
@WebSocketGateway(WS_OPTIONS)
export class RoomsGateway implements OnModuleInit, OnGatewayConnection {
  @WebSocketServer()
  private readonly server: Server;
  private readonly log = new Logger('Rooms');

  constructor(
    private readonly listeners: Listeners,
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
      this.listeners
        .disconnectRevoked([...this.server.sockets.sockets.values()])
        .catch((error: Error) =>
          this.log.warn(`listeners with a revoked key stay until the next notice: ${error.message}`),
        );
    });
  }

  /** The process stops: all listeners are disconnected with a message. */
  disconnectAll(): void {
    this.server.disconnectSockets(true);
  }

  /** For all gateways: they share the server. */
  async handleConnection(socket: Socket): Promise<void> {
    await this.listeners.admit(socket);
  }

  /** An admin receives a room's notices of all apps, an app's key only those of its app. */
  @SubscribeMessage('join')
  async join(
    @ConnectedSocket() socket: Socket,
    @MessageBody() body: { roomId?: unknown } | undefined,
  ): Promise<Joined> {
    const principal = await this.listeners.principalOf(socket);
    if (!principal)
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
    await this.listeners.disconnectRevoked(this.listenersOf(groups));
    this.server.to(groups).emit('notification', message);
  }

  private listenersOf(groups: string[]): Socket[] {
    const { adapter, sockets } = this.server.sockets;
    const ids = new Set(groups.flatMap((group) => [...(adapter.rooms.get(group) ?? [])]));
    return [...ids].flatMap((id) => sockets.get(id) ?? []);
  }
}

function groupOf(roomId: string, appId: string | null): string {
  return JSON.stringify([roomId, appId]);
}
