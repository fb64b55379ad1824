import { Injectable, Logger } from '@nestjs/common';
import type { Server, Socket } from 'socket.io';
import { FeedAudience, type Dropped, type FeedItem, type Gap } from '@breakwater/feed';
import { Listeners } from './listeners.service.js';

/** A dropped client that still reads gets its last message within this; then its connection is cut, ms. */
const CLOSES_WITHIN_MS = 5_000;
/** Keys are checked again when items are sent, at most so often, ms. */
const CHECKED_EVERY_MS = 1_000;

/** What is used of a connection: engine.io queues packets while `ws` has not written those before. */
interface Wire {
  writeBuffer: { data?: unknown; options?: { wsPreEncodedFrame?: Buffer[] } }[];
  transport: { socket?: { bufferedAmount: number; terminate(): void } };
}

/** The sockets of those who watch the feed. */
@Injectable()
export class FeedSockets extends FeedAudience {
  private readonly log = new Logger('Feed');
  private server: Server | undefined;
  private checkedAtMs = -Infinity;

  constructor(private readonly listeners: Listeners) {
    super();
  }

  use(server: Server): void {
    this.server = server;
  }

  /** Each socket is in a room of its own id: the text is made once for all. */
  send(ids: readonly string[], items: readonly FeedItem[]): void {
    this.server!.to([...ids]).emit('feed.items', { items });
    this.disconnectRevoked();
  }

  sendGap(id: string, gap: Gap): void {
    this.server!.to(id).emit('feed.gap', gap);
  }

  pendingBytes(id: string): number {
    const socket = this.socketOf(id);
    if (!socket) return 0;
    const { writeBuffer, transport } = wireOf(socket);
    return writeBuffer.reduce((sum, packet) => sum + sizeOf(packet), transport.socket?.bufferedAmount ?? 0);
  }

  drop(id: string, why: Dropped): void {
    const socket = this.socketOf(id);
    if (!socket) return;
    const { transport } = wireOf(socket);
    const pending = this.pendingBytes(id);
    this.log.warn(`a watcher of the feed did not read and is disconnected: ${pending} bytes were pending`);
    socket.emit('feed.dropped', why);
    socket.disconnect(true); // Waits until everything before it was written.
    setTimeout(() => transport.socket?.terminate(), CLOSES_WITHIN_MS).unref();
  }

  /** A hint about a revoked key may be lost. */
  private disconnectRevoked(): void {
    const nowMs = performance.now();
    if (nowMs - this.checkedAtMs < CHECKED_EVERY_MS) return;
    this.checkedAtMs = nowMs;
    this.listeners
      .disconnectRevoked([...this.server!.sockets.sockets.values()])
      .catch((error: Error) => this.log.warn(`keys of watchers are not checked: ${error.message}`));
  }

  private socketOf(id: string): Socket | undefined {
    return this.server!.sockets.sockets.get(id);
  }
}

function wireOf(socket: Socket): Wire {
  return socket.conn as unknown as Wire;
}

function sizeOf({ data, options }: Wire['writeBuffer'][number]): number {
  const frame = options?.wsPreEncodedFrame;
  if (frame) return frame.reduce((sum, part) => sum + part.length, 0);
  return typeof data === 'string' ? Buffer.byteLength(data) : 0;
}
