import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  ACCESS_CHANNEL,
  Config,
  DatabaseTimeoutError,
  FreshCache,
  HintBus,
  isId,
  pageOf,
  pageSize,
  type Page,
  type PageRequest,
} from '@breakwater/platform';
import { ForeignAppError, PortalLinkNotFoundError } from '../access.error.js';
import { hashApiKey } from '../keys/api-key.js';
import type { Principal } from '../keys/key-row.js';
import { UseNotes } from '../keys/use-notes.io.js';
import { withView, type PortalCapability } from './portal-capabilities.js';
import { portalActor, portalLinkState, type PortalLinkRow, type PortalLinkView } from './portal-link.js';
import { PortalLinkStore } from './portal-link.store.js';
import { generatePortalToken, isPortalToken, portalUrl } from './portal-token.js';

export interface PortalLinkRequest {
  capabilities: readonly PortalCapability[];
  /** Seconds until its end. */
  expiresIn: number;
  note?: string | undefined;
}

/** Creates, lists, revokes and recognises portal links. A token in plain text is never stored and is shown once. */
@Injectable()
export class PortalLinks implements OnModuleDestroy {
  private readonly log = new Logger(PortalLinks.name);
  /** By hash. A revoked link is refused within 5 s even if every hint is lost. */
  private readonly cache: FreshCache<PortalLinkRow>;
  private readonly uses: UseNotes;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: PortalLinkStore,
    private readonly hints: HintBus,
    private readonly config: Config,
  ) {
    this.uses = new UseNotes((id) => store.touch(id));
    this.cache = new FreshCache((hash) => store.findByHash(hash), {
      maxEntries: 1000,
      tooLate: (limitMs) => new DatabaseTimeoutError('looking up a portal link', limitMs),
    });
    this.unsubscribe = hints.subscribe(ACCESS_CHANNEL, () => this.cache.clear());
  }

  /**
   * @returns the token in plain text, and the link with it, only once
   * @throws ForeignAppError when there is no such app
   */
  async create(
    appId: string,
    { capabilities, expiresIn, note }: PortalLinkRequest,
    createdBy: string,
  ): Promise<PortalLinkView & { url: string; token: string }> {
    const token = generatePortalToken(randomBytes);
    const stored = await this.store.insert({
      appId,
      hash: hashApiKey(token),
      capabilities: withView(capabilities),
      note: note ?? null,
      createdBy: createdBy.slice(0, 255),
      expiresInS: expiresIn,
    });
    if (!stored) throw new ForeignAppError();
    const url = portalUrl(this.config.api.publicBaseUrl, appId, token);
    return { ...stored, state: portalLinkState(stored, new Date()), url, token };
  }

  /** Newest first, including revoked and expired ones. @throws ForeignAppError when there is no such app */
  async list(appId: string, request: PageRequest = {}): Promise<Page<PortalLinkView>> {
    const limit = pageSize(request);
    const { cursor } = request;
    const isForeign = cursor !== undefined && !isId(cursor);
    const rows = await this.store.page(appId, isForeign ? undefined : cursor, isForeign ? 0 : limit + 1);
    if (rows === null) throw new ForeignAppError();
    const now = new Date();
    const views = rows.map((row) => ({ ...row, state: portalLinkState(row, now) }));
    return pageOf(views, limit, ({ id }) => id);
  }

  /** Revokes a link: here at once, elsewhere by a hint, within 5 s at the latest. @throws PortalLinkNotFoundError */
  async revoke(appId: string, id: string): Promise<void> {
    if (!isId(id) || !(await this.store.revoke(appId, id))) throw new PortalLinkNotFoundError();
    this.cache.clear();
    await this.hints
      .publish(ACCESS_CHANNEL, id)
      .catch((error: Error) =>
        this.log.warn(`hint about portal link ${id} is lost, others see it within 5 s: ${error.message}`),
      );
  }

  /** The principal of a token; null where the token is not valid, for any reason. */
  async authenticate(raw: string): Promise<Principal | null> {
    if (!isPortalToken(raw)) return null;
    const hash = hashApiKey(raw);
    const row = await this.cache.get(hash);
    if (!row || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(hash))) return null;
    const now = new Date();
    if (portalLinkState(row, now) !== 'active') return null;
    this.uses.note(row.id, now);
    const { id: keyId, appId, capabilities, expiresAt } = row;
    return { kind: 'portal', keyId, name: portalActor(row), scopes: ['app'], appId, capabilities, expiresAt };
  }

  async onModuleDestroy(): Promise<void> {
    this.unsubscribe();
    await this.uses.settle();
  }
}
