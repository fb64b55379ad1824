import { Injectable } from '@nestjs/common';
import { SecretBox } from '@breakwater/platform';
import { sealData, unsealData } from 'iron-session';
import { ApiKeys } from '../keys/api-keys.service.js';
import type { Principal } from '../keys/key-row.js';
import { SESSION_MAX_MS, sessionContent, sessionEnd } from './session-cookie.js';
import { sealNumber } from './seal-number.js';

const PURPOSE = 'breakwater session';

export interface OpenedSession {
  principal: Principal;
  /** The value of the cookie. */
  sealed: string;
  endsAt: Date;
}

/**
 * Sessions of people who sign in with an API key. Nothing is stored: the cookie holds the id of the key and the time of
 * the start, sealed, and each request looks the key up (docs/adr/0035-sessions-are-keys.md).
 */
@Injectable()
export class Sessions {
  constructor(
    private readonly keys: ApiKeys,
    private readonly secrets: SecretBox,
  ) {}

  /** @returns null where the key is not valid */
  async open(key: string): Promise<OpenedSession | null> {
    const holder = await this.keys.authenticate(key);
    if (!holder) return null;
    const startedAt = Date.now();
    const endsAt = sessionEnd(startedAt, holder.expiresAt);
    const [current] = this.secrets.derived(PURPOSE);
    const sealed = await sealData(
      { keyId: holder.keyId, startedAt },
      { password: { [sealNumber(current!.id)]: current!.secret }, ttl: SESSION_MAX_MS / 1000 },
    );
    return { principal: { ...holder, kind: 'session', expiresAt: endsAt }, sealed, endsAt };
  }

  /** The principal of a sealed cookie; null where it is not valid, for any reason. */
  async authenticate(sealed: string): Promise<Principal | null> {
    const passwords = this.secrets.derived(PURPOSE).map(({ id, secret }) => [sealNumber(id), secret]);
    const content = sessionContent(
      await unsealData(sealed, { password: Object.fromEntries(passwords), ttl: SESSION_MAX_MS / 1000 }),
    );
    const holder = content && (await this.keys.holderOf(content.keyId));
    if (!holder) return null;
    const endsAt = sessionEnd(content.startedAt, holder.expiresAt);
    return Date.now() < endsAt.getTime() ? { ...holder, kind: 'session', expiresAt: endsAt } : null;
  }
}
