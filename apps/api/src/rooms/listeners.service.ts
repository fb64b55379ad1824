import { Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { ApiKeys, decideFor, rawKeyOf, type Principal } from '@breakwater/access';

/** The one server of all gateways. */
export const WS_OPTIONS = { path: '/ws', serveClient: false, transports: ['websocket' as const] };

/** A listener, and the key that it connected with: the key may be revoked while the socket is open. */
interface Listener {
  principal?: Principal;
  raw?: string;
}

/** Who listens on a socket, and whether it still may. */
@Injectable()
export class Listeners {
  constructor(private readonly keys: ApiKeys) {}

  /** Answers the handshake: `ready`, or `refused` and disconnected. */
  async admit(socket: Socket): Promise<void> {
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

  /** Null before `ready`, and when the key is no longer valid. */
  async principalOf(socket: Socket): Promise<Principal | null> {
    const { principal } = socket.data as Listener;
    return principal && (await this.hasValidKey(socket)) ? principal : null;
  }

  /** Disconnects listeners whose keys are no longer valid. */
  async disconnectRevoked(sockets: Iterable<Socket>): Promise<void> {
    for (const socket of sockets) if (!(await this.hasValidKey(socket))) socket.disconnect(true);
  }

  /** True until the handshake is over, and as long as the key is valid; a revocation is known here within 5 s. */
  private async hasValidKey(socket: Socket): Promise<boolean> {
    const { raw } = socket.data as Listener;
    return raw === undefined || (await this.keys.authenticate(raw)) !== null;
  }
}
