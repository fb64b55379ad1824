import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  ACCESS_CHANNEL,
  DatabaseTimeoutError,
  FreshCache,
  HintBus,
  isId,
  pageOf,
  pageSize,
  type Page,
  type PageRequest,
} from '@breakwater/platform';
import { ApiKeyInvalidError, ApiKeyNotFoundError } from '../access.error.js';
import { generateApiKey, hashApiKey, isApiKey, prefixOf } from './api-key.js';
import { ApiKeyStore, type NewKey } from './api-key.store.js';
import { isLive } from './decide-access.js';
import { keyRequestProblems, unknownAppProblem, type KeyRequest } from './key-request.js';
import type { KeyRow, KeyView, Principal } from './key-row.js';
import { LastUse } from './last-use.js';

/** Creates, lists, revokes and recognises API keys. A key in plain text is never stored and is shown once. */
@Injectable()
export class ApiKeys implements OnModuleDestroy {
  private readonly log = new Logger(ApiKeys.name);
  /** By hash. A revoked key is refused within 5 s even if every hint is lost. */
  private readonly cache: FreshCache<KeyRow>;
  private readonly lastUse = new LastUse();
  private readonly notes = new Set<Promise<void>>();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: ApiKeyStore,
    private readonly hints: HintBus,
  ) {
    this.cache = new FreshCache((hash) => store.findByHash(hash), {
      maxEntries: 1000,
      tooLate: (limitMs) => new DatabaseTimeoutError('looking up an API key', limitMs),
    });
    // Keys change so rarely that reading all of them again costs nothing.
    this.unsubscribe = hints.subscribe(ACCESS_CHANNEL, () => this.cache.clear());
  }

  /**
   * @returns the key in plain text, only once
   * @throws ApiKeyInvalidError with every problem
   */
  async create(request: KeyRequest, createdBy: string): Promise<KeyView & { key: string }> {
    const problems = keyRequestProblems(request, new Date());
    if (problems.length > 0) throw new ApiKeyInvalidError(problems);
    const raw = generateApiKey(randomBytes);
    const view = await this.store.insert({ ...newKey(raw, request.name, createdBy), ...detailsOf(request) });
    if (!view) throw new ApiKeyInvalidError([unknownAppProblem(request.appId!)]);
    return { ...view, key: raw };
  }

  /** Newest first, including revoked and expired ones. */
  async list(request: PageRequest & { appId?: string } = {}): Promise<Page<KeyView>> {
    const limit = pageSize(request);
    if (request.cursor !== undefined && !isId(request.cursor)) return { items: [], nextCursor: null };
    const rows = await this.store.page(request.cursor, limit + 1, request.appId);
    return pageOf(rows, limit, ({ id }) => id);
  }

  /** Revokes a key: here at once, elsewhere by a hint, within 5 s at the latest. @throws ApiKeyNotFoundError */
  async revoke(id: string): Promise<void> {
    if (!isId(id) || !(await this.store.revoke(id))) throw new ApiKeyNotFoundError();
    await this.announce(id);
  }

  /** The principal of a key; null where the key is not valid, for any reason. */
  async authenticate(raw: string): Promise<Principal | null> {
    if (!isApiKey(raw)) return null;
    const hash = hashApiKey(raw);
    const row = await this.cache.get(hash);
    if (!row || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(hash))) return null;
    const now = new Date();
    if (!isLive(row, now)) return null;
    if (this.lastUse.isDue(row.id, now.getTime())) this.note(row.id);
    return { keyId: row.id, name: row.name, scopes: row.scopes, appId: row.appId };
  }

  /** Creates an admin key if no valid one exists. @returns it in plain text; null where one exists */
  async ensureAdminKey(): Promise<string | null> {
    const raw = generateApiKey(randomBytes);
    return (await this.store.insertFirstAdmin(newKey(raw, 'first admin key', 'system'))) ? raw : null;
  }

  /**
   * Adds a configured key as an admin key. One that was added before does not change, even if it is revoked.
   * @returns whether it is new
   * @throws ApiKeyInvalidError when it is not a key
   */
  async importAdminKey(raw: string): Promise<boolean> {
    if (!isApiKey(raw)) {
      const message = 'an API key is "bw_" and 43 characters of base64url';
      throw new ApiKeyInvalidError([{ pointer: '', rule: 'api_key', message }]);
    }
    const isNew = await this.store.insertOnce(newKey(raw, 'configured admin key', 'configuration'));
    if (isNew) await this.announce('imported');
    return isNew;
  }

  async onModuleDestroy(): Promise<void> {
    this.unsubscribe();
    await Promise.all(this.notes);
  }

  private async announce(id: string): Promise<void> {
    this.cache.clear();
    await this.hints
      .publish(ACCESS_CHANNEL, id)
      .catch((error: Error) =>
        this.log.warn(`hint about key ${id} is lost, others see it within 5 s: ${error.message}`),
      );
  }

  /** In parallel to the request, which does not wait for it. */
  private note(id: string): void {
    const note = this.store
      .touch(id)
      .catch((error: Error) => this.log.warn(`last use of key ${id} is not stored: ${error.message}`))
      .finally(() => this.notes.delete(note));
    this.notes.add(note);
  }
}

function newKey(raw: string, name: string, createdBy: string): NewKey {
  const stored = { prefix: prefixOf(raw), hash: hashApiKey(raw) };
  return {
    ...stored,
    name,
    scopes: ['admin'],
    appId: null,
    createdBy: createdBy.slice(0, 255),
    expiresAt: null,
  };
}

function detailsOf({ scopes, appId, expiresAt }: KeyRequest): Pick<NewKey, 'scopes' | 'appId' | 'expiresAt'> {
  return { scopes: [...scopes], appId: appId ?? null, expiresAt: expiresAt ? new Date(expiresAt) : null };
}
