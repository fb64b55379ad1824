import { Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import {
  Callers,
  credentialOf,
  decideFor,
  decideForPortal,
  isOwnOrigin,
  type Credential,
  type Principal,
} from '@breakwater/access';
import { Config } from '@breakwater/platform';
import { RESPONSE_CAP_BYTES } from '@breakwater/webhook-client';

/** The longest message of a client: a listener's answer of 1 MiB, as from any receiver, with its headers. */
const MESSAGE_MAX_BYTES = RESPONSE_CAP_BYTES + 64 * 1024;

/** The one server of all gateways. */
export const WS_OPTIONS = {
  path: '/ws',
  serveClient: false,
  transports: ['websocket' as const],
  maxHttpBufferSize: MESSAGE_MAX_BYTES,
};

/** A listener, and what it connected with: that may be revoked while the socket is open. */
interface Listener {
  principal?: Principal;
  credential?: Credential;
}

/** Who listens on a socket, and whether it still may. */
@Injectable()
export class Listeners {
  constructor(
    private readonly callers: Callers,
    private readonly config: Config,
  ) {}

  /** Answers the handshake: `ready`, or `refused` and disconnected. */
  async admit(socket: Socket): Promise<void> {
    const credential = this.shownBy(socket);
    const principal = credential && (await this.callers.of(credential).catch(() => null));
    const refusal = principal ? this.refusalOf(principal, socket) : 'UNAUTHENTICATED';
    if (refusal !== null) {
      socket.emit('refused', { code: refusal });
      socket.disconnect(true);
      return;
    }
    Object.assign(socket.data as Listener, { principal, credential });
    socket.emit('ready');
  }

  /** Null before `ready`, and when the credential is no longer valid. */
  async principalOf(socket: Socket): Promise<Principal | null> {
    const { principal } = socket.data as Listener;
    return principal && (await this.isStillValid(socket)) ? principal : null;
  }

  /** Disconnects listeners whose credentials are no longer valid. */
  async disconnectRevoked(sockets: Iterable<Socket>): Promise<void> {
    for (const socket of sockets) if (!(await this.isStillValid(socket))) socket.disconnect(true);
  }

  /** In the handshake's `auth`, or in its headers as in any request. */
  private shownBy({ handshake }: Socket): Credential | null {
    const { apiKey } = handshake.auth as { apiKey?: unknown };
    return typeof apiKey === 'string' ? { kind: 'token', raw: apiKey } : credentialOf(handshake.headers);
  }

  /** A browser sends the cookie with a handshake of any page. */
  private refusalOf(principal: Principal, { handshake }: Socket): string | null {
    const isForeign =
      principal.kind === 'session' && !isOwnOrigin(handshake.headers, this.config.api.publicBaseUrl);
    if (isForeign) return 'ORIGIN_REFUSED';
    const decision =
      principal.kind === 'portal'
        ? decideForPortal(principal, ['view'], undefined)
        : decideFor(principal, ['admin', 'app', 'read'], undefined);
    return decision === 'allow' ? null : 'FORBIDDEN';
  }

  /** True until the handshake is over, and as long as it is valid; a revocation is known here within 5 s. */
  private async isStillValid(socket: Socket): Promise<boolean> {
    const { credential } = socket.data as Listener;
    return credential === undefined || (await this.callers.of(credential)) !== null;
  }
}
