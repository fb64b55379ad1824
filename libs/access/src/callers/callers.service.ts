import { Injectable } from '@nestjs/common';
import { ApiKeys } from '../keys/api-keys.service.js';
import type { Principal } from '../keys/key-row.js';
import { PortalLinks } from '../portal/portal-links.service.js';
import { isPortalToken } from '../portal/portal-token.js';
import { Sessions } from '../sessions/sessions.service.js';
import type { Credential } from './credential.js';

/** Whose credential it is. Asked again with each request: a revoked one is refused within 5 s. */
@Injectable()
export class Callers {
  constructor(
    private readonly keys: ApiKeys,
    private readonly sessions: Sessions,
    private readonly links: PortalLinks,
  ) {}

  /** Null where it is not valid, for any reason. */
  async of(credential: Credential): Promise<Principal | null> {
    if (credential.kind === 'session') return this.sessions.authenticate(credential.sealed);
    const { raw } = credential;
    return isPortalToken(raw) ? this.links.authenticate(raw) : this.keys.authenticate(raw);
  }
}
