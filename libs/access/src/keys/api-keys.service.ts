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
import { UseNotes } from './use-notes.io.js';

/** Creates, lists, revokes and recognises API keys. A key in plain text is never stored and is shown once. */
@Injectable()
export class ApiKeys implements OnModuleDestroy {
  private readonly log = new Logger(ApiKeys.name);
  /** A revoked key is refused within 5 s even if every hint is lost. */
  private readonly byHash: FreshCache<KeyRow>;
  private readonly byId: FreshCache<KeyRow>;
  private readonly uses: UseNotes;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: ApiKeyStore,
    private readonly hints: HintBus,
  ) {
    const options = {
      maxEntries: 1000,
      tooLate: (limitMs: number) => new DatabaseTimeoutError('looking up an API key', limitMs),
    };
    this.uses = new UseNotes((id) => store.touch(id));
    this.byHash = new FreshCache((hash) => store.findByHash(hash), options);
    this.byId = new FreshCache((id) => store.findById(id), options);
    // Keys change so rarely that reading all of them again costs nothing.
    this.unsubscribe = hints.subscribe(ACCESS_CHANNEL, () => this.forgetAll());
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
    const row = await this.byHash.get(hash);
    if (!row || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(hash))) return null;
    return this.admitted(row);
  }

  /** The principal of a key that was recognised before; null where it is no longer valid. */
  async holderOf(id: string): Promise<Principal | null> {
    const row = isId(id) ? await this.byId.get(id) : null;
    return row && this.admitted(row);
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
    await this.uses.settle();
  }

  private admitted(row: KeyRow): Principal | null {
    const now = new Date();
    if (!isLive(row, now)) return null;
    this.uses.note(row.id, now);
    const { id: keyId, name, scopes, appId, expiresAt } = row;
    return { kind: 'key', keyId, name, scopes, appId, capabilities: null, expiresAt };
  }

  private forgetAll(): void {
    this.byHash.clear();
    this.byId.clear();
  }

  private async announce(id: string): Promise<void> {
    this.forgetAll();
    await this.hints
      .publish(ACCESS_CHANNEL, id)
      .catch((error: Error) =>
        this.log.warn(`hint about key ${id} is lost, others see it within 5 s: ${error.message}`),
      );
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
