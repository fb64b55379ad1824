import { Injectable } from '@nestjs/common';
import { Config, newId, Prisma, PrismaService, SecretBox, SecretDamagedError } from '@breakwater/platform';
import type { Subscription } from '../grammar/manifest.js';
import { headersAad, signingSecretAad, subscriptionRows } from '../registry/endpoint-row.js';
import { removeSubscriptions, saveSubscriptions } from './subscription-rows.store.js';

const WITH_ENDPOINT = { endpoint: { include: { _count: { select: { secrets: true } } } } } as const;

type Row = Prisma.SubscriptionGetPayload<{ include: typeof WITH_ENDPOINT }>;

/** A subscription as the API shows it. */
export interface SubscriptionView {
  /** Id of its endpoint, as in its deliveries. */
  id: string;
  appId: string;
  name: string;
  url: string;
  events: string[];
  filter: Record<string, unknown> | null;
  description: string | null;
  /** manifest, rest or source. */
  managedBy: string;
  retry: Record<string, unknown>;
  rateLimitPerSecond: number | null;
  concurrency: number;
  ordered: boolean;
  /** Null: the setting for async calls. */
  timeoutMs: number | null;
  /** Names of its headers; their values are secret. */
  headerNames: string[];
  /** Why its calls cannot be made: its headers cannot be decrypted; null if they can. */
  problem: string | null;
  /** What its calls are signed with; null: as its app's. */
  signatures: string[] | null;
  /** Whether it has its own signing secrets; otherwise those of the app are used. */
  hasOwnSecret: boolean;
  status: string;
  hold: string | null;
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  pausedByPlatform: boolean;
  disabledReason: string | null;
  disabledBy: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A subscription with decrypted headers, for changes. */
export interface StoredSubscription {
  view: SubscriptionView;
  headers: Headers;
}

/** The error if they cannot be decrypted. */
type Headers = Record<string, string> | SecretDamagedError;

export interface NewSubscription {
  appId: string;
  subscription: Subscription;
  /** Its own encrypted signing secret; null: that of the app is used. */
  secret: string | null;
  /** Set if it is created as paused; `by` is who created it. */
  paused: { by: string; reason: string | null; byPlatform: boolean } | null;
}

const UNIQUE = 'P2002';

/** Subscriptions that are created and changed by REST. */
@Injectable()
export class SubscriptionStore {
  constructor(
    private readonly prisma: PrismaService,
    private readonly secrets: SecretBox,
    private readonly config: Config,
  ) {}

  /** Sorted by name. */
  async list(appId: string): Promise<SubscriptionView[]> {
    const rows = await this.prisma.subscription.findMany({
      where: { appId },
      include: WITH_ENDPOINT,
      orderBy: { name: 'asc' },
    });
    return rows.map((row) => viewOf(row, this.headersOf(row)));
  }

  /** The targets of sources, by the id of the source, sorted by name. */
  async ofSources(sourceIds: readonly string[]): Promise<Map<string, SubscriptionView[]>> {
    const rows = await this.prisma.subscription.findMany({
      where: { sourceId: { in: [...sourceIds] } },
      include: WITH_ENDPOINT,
      orderBy: { name: 'asc' },
    });
    const bySource = Map.groupBy(rows, ({ sourceId }) => sourceId!);
    return new Map(
      [...bySource].map(([id, targets]) => [id, targets.map((row) => viewOf(row, this.headersOf(row)))]),
    );
  }

  async find(appId: string, name: string): Promise<StoredSubscription | null> {
    const row = await this.prisma.subscription.findUnique({
      where: { appId_name: { appId, name } },
      include: WITH_ENDPOINT,
    });
    if (!row) return null;
    const headers = this.headersOf(row);
    return { view: viewOf(row, headers), headers };
  }

  async count(appId: string): Promise<number> {
    return this.prisma.subscription.count({ where: { appId, managedBy: 'rest' } });
  }

  /** @returns false if the app already has a subscription with this name */
  async create({ appId, subscription, secret, paused }: NewSubscription): Promise<boolean> {
    const [row] = this.rowsOf(subscription, newId());
    const id = row!.id;
    try {
      await this.prisma.$transaction(async (tx) => {
        await saveSubscriptions(tx, appId, [row!], 'rest');
        if (paused)
          await tx.$executeRaw`
            UPDATE endpoints SET paused_at = now(), paused_by = ${paused.by}, paused_reason = ${paused.reason},
              paused_by_platform = ${paused.byPlatform}
            WHERE id = ${id}::uuid`;
        if (secret !== null) {
          const secretId = newId();
          const sealed = this.secrets.seal(secret, signingSecretAad(secretId));
          await tx.signingSecret.create({ data: { id: secretId, appId, endpointId: id, sealed } });
        }
      });
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }

  /** @returns false if another request changed or deleted it after `seen` was read */
  async update(seen: SubscriptionView, subscription: Subscription): Promise<boolean> {
    return this.prisma.$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ updatedAt: Date }[]>`
        SELECT updated_at AS "updatedAt" FROM subscriptions WHERE endpoint_id = ${seen.id}::uuid FOR UPDATE`;
      if (row?.updatedAt.getTime() !== seen.updatedAt.getTime()) return false;
      await saveSubscriptions(tx, seen.appId, this.rowsOf(subscription, seen.id), 'rest');
      return true;
    });
  }

  async remove(id: string): Promise<void> {
    await this.prisma.$transaction((tx) => removeSubscriptions(tx, [id]));
  }

  private rowsOf(subscription: Subscription, id: string) {
    return subscriptionRows([subscription], {
      idOf: () => id,
      newId,
      concurrency: this.config.delivery.endpointConcurrency,
      seal: (plaintext, aad) => this.secrets.seal(plaintext, aad),
    });
  }

  private headersOf({ endpoint }: Row): Headers {
    if (endpoint.headersSealed === null) return {};
    try {
      const text = this.secrets.open(endpoint.headersSealed, headersAad(endpoint.id));
      return JSON.parse(text) as Record<string, string>;
    } catch (error) {
      if (error instanceof SecretDamagedError) return error;
      throw error;
    }
  }
}

/** Checks Prisma's error code, and PostgreSQL's code for handwritten statements. */
function isTaken(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  const { cause } = (error.meta?.driverAdapterError ?? {}) as { cause?: { originalCode?: string } };
  return error.code === UNIQUE || cause?.originalCode === '23505';
}

function viewOf({ endpoint, ...row }: Row, headers: Headers): SubscriptionView {
  const isDamaged = headers instanceof SecretDamagedError;
  return {
    id: row.endpointId,
    appId: row.appId,
    name: row.name,
    url: endpoint.url,
    events: row.events,
    filter: row.filter as Record<string, unknown> | null,
    description: row.description,
    managedBy: row.managedBy,
    retry: endpoint.retry as Record<string, unknown>,
    rateLimitPerSecond: endpoint.rateLimitPerSecond,
    concurrency: endpoint.concurrency,
    ordered: endpoint.ordered,
    timeoutMs: endpoint.timeoutMs,
    headerNames: isDamaged ? [] : Object.keys(headers),
    problem: isDamaged ? headers.message : null,
    signatures: endpoint.signatures.length > 0 ? endpoint.signatures : null,
    hasOwnSecret: endpoint._count.secrets > 0,
    status: endpoint.status,
    hold: endpoint.hold,
    pausedAt: endpoint.pausedAt,
    pausedBy: endpoint.pausedBy,
    pausedReason: endpoint.pausedReason,
    pausedByPlatform: endpoint.pausedByPlatform,
    disabledReason: endpoint.disabledReason,
    disabledBy: endpoint.disabledBy,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
