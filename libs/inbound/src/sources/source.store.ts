import { Injectable } from '@nestjs/common';
import { inboundType } from '@breakwater/filter';
import {
  sourceKeyAad,
  sourceSecretAad,
  SourceTargets,
  type Subscription,
  type SubscriptionView,
} from '@breakwater/manifest';
import { Config, newId, Prisma, PrismaService, SecretBox, SecretDamagedError } from '@breakwater/platform';
import { PRESETS } from '../presets/index.js';
import { captureUrl, hashSourceKey } from './source-key.js';
import type { SourceSettings, SourceView } from './source-view.js';
import type { SourceVerification } from './source.js';
import { missingParts } from './verification-rules.js';

export interface NewSource {
  appId: string;
  name: string;
  settings: SourceSettings;
  key: string;
  /** Null: none yet. */
  secret: string | null;
  targets: readonly Subscription[];
  /** Set if it is created as paused. */
  paused: { by: string; byPlatform: boolean } | null;
}

const UNIQUE = 'P2002';
/** Reading a source may wait for another change of it, ms. */
const patient = { maxWait: 10_000, timeout: 20_000 };

const WITH_PARTS = {
  keys: { orderBy: [{ createdAt: 'desc' }, { hash: 'desc' }] },
  secrets: { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] },
} as const satisfies Prisma.SourceInclude;

type Row = Prisma.SourceGetPayload<{ include: typeof WITH_PARTS }>;

/** Sources with their keys, secrets and targets. */
@Injectable()
export class SourceStore {
  constructor(
    private readonly prisma: PrismaService,
    private readonly secrets: SecretBox,
    private readonly targets: SourceTargets,
    private readonly config: Config,
  ) {}

  /** Sorted by name. */
  async list(appId: string): Promise<SourceView[]> {
    const rows = await this.prisma.source.findMany({
      where: { appId, removedAt: null },
      include: WITH_PARTS,
      orderBy: { name: 'asc' },
    });
    const targets = await this.targets.of(rows.map(({ id }) => id));
    return rows.map((row) => this.viewOf(row, targets.get(row.id) ?? []));
  }

  async find(appId: string, name: string): Promise<SourceView | null> {
    const row = await this.prisma.source.findFirst({
      where: { appId, name, removedAt: null },
      include: WITH_PARTS,
    });
    if (!row) return null;
    const targets = await this.targets.of([row.id]);
    return this.viewOf(row, targets.get(row.id) ?? []);
  }

  async count(appId: string): Promise<number> {
    return this.prisma.source.count({ where: { appId, removedAt: null } });
  }

  /** @returns false if the app already has a source with this name */
  async create({ appId, name, settings, key, secret, targets, paused }: NewSource): Promise<boolean> {
    const id = newId();
    try {
      await this.prisma.$transaction(async (tx) => {
        await tx.source.create({
          data: {
            id,
            appId,
            name,
            ...columnsOf(settings),
            ...(paused && {
              pausedAt: new Date(),
              pausedBy: paused.by.slice(0, 255),
              pausedByPlatform: paused.byPlatform,
            }),
          },
        });
        await this.addKey(tx, id, key);
        if (secret !== null) await this.addSecret(tx, id, secret);
        await this.targets.save(tx, { appId, id }, targets);
      }, patient);
      return true;
    } catch (error) {
      if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === UNIQUE) return false;
      throw error;
    }
  }

  /**
   * @param secret replaces all secrets at once; null: they do not change
   * @returns false if another request changed or deleted it after `seen` was read
   */
  async update(seen: SourceView, settings: SourceSettings, secret: string | null): Promise<boolean> {
    return this.prisma.$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ updatedAt: Date }[]>`
        SELECT updated_at AS "updatedAt" FROM sources WHERE id = ${seen.id}::uuid AND removed_at IS NULL FOR UPDATE`;
      if (row?.updatedAt.getTime() !== seen.updatedAt.getTime()) return false;
      await tx.source.update({ where: { id: seen.id }, data: columnsOf(settings) });
      await touch(tx, seen.id);
      if (secret !== null) {
        await tx.$executeRaw`
          UPDATE source_secrets SET expires_at = now()
          WHERE source_id = ${seen.id}::uuid AND (expires_at IS NULL OR expires_at > now())`;
        await this.addSecret(tx, seen.id, secret);
      }
      return true;
    }, patient);
  }

  /** Deletes its keys, secrets and targets; the row is kept for its captured requests. */
  async remove(id: string): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`
        UPDATE sources SET removed_at = now(), updated_at = now() WHERE id = ${id}::uuid AND removed_at IS NULL`;
      await tx.sourceKey.deleteMany({ where: { sourceId: id } });
      await tx.sourceSecret.deleteMany({ where: { sourceId: id } });
      await this.targets.removeAll(tx, id);
    }, patient);
  }

  /** @returns false if the source was deleted */
  async putTarget({ id, appId }: SourceView, target: Subscription): Promise<boolean> {
    return this.prisma.$transaction(async (tx) => {
      if (!(await touch(tx, id))) return false;
      await this.targets.save(tx, { appId, id }, [target]);
      return true;
    }, patient);
  }

  /** @returns false if there is no such target */
  async removeTarget({ id, name }: SourceView, target: string): Promise<boolean> {
    return this.prisma.$transaction(async (tx) => {
      await touch(tx, id);
      return this.targets.remove(tx, { id, name }, target);
    }, patient);
  }

  /** Adds a key as the current one. The others expire in `overlapMs`, or at their promised time if that is sooner. */
  async rotateKey(id: string, key: string, overlapMs: number): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      await touch(tx, id);
      await tx.$executeRaw`DELETE FROM source_keys WHERE source_id = ${id}::uuid AND expires_at <= now()`;
      await tx.$executeRaw`
        UPDATE source_keys SET expires_at =
          LEAST(expires_at, now() + ${overlapMs}::double precision * interval '1 millisecond')
        WHERE source_id = ${id}::uuid`;
      await this.addKey(tx, id, key);
    }, patient);
  }

  /** The same for a secret. Expired ones are kept for a week, to explain refusals. */
  async rotateSecret(id: string, secret: string, overlapMs: number): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      await touch(tx, id);
      await tx.$executeRaw`
        DELETE FROM source_secrets WHERE source_id = ${id}::uuid AND expires_at <= now() - interval '7 days'`;
      await tx.$executeRaw`
        UPDATE source_secrets SET expires_at =
          LEAST(expires_at, now() + ${overlapMs}::double precision * interval '1 millisecond')
        WHERE source_id = ${id}::uuid AND (expires_at IS NULL OR expires_at > now())`;
      await this.addSecret(tx, id, secret);
    }, patient);
  }

  private async addKey(tx: Prisma.TransactionClient, sourceId: string, key: string): Promise<void> {
    const hash = hashSourceKey(key);
    await tx.sourceKey.create({
      data: { hash, sourceId, sealed: this.secrets.seal(key, sourceKeyAad(hash)) },
    });
  }

  private async addSecret(tx: Prisma.TransactionClient, sourceId: string, secret: string): Promise<void> {
    const id = newId();
    await tx.sourceSecret.create({
      data: { id, sourceId, sealed: this.secrets.seal(secret, sourceSecretAad(id)) },
    });
  }

  private viewOf({ keys, secrets, ...row }: Row, targets: SubscriptionView[]): SourceView {
    const now = new Date();
    const isLive = ({ expiresAt }: { expiresAt: Date | null }): boolean =>
      expiresAt === null || expiresAt > now;
    const verification = row.verification as unknown as SourceVerification;
    const current = keys.find(({ expiresAt }) => expiresAt === null);
    const live = secrets.filter(isLive);
    const previous = keys.filter((key) => key.expiresAt !== null && isLive(key));
    return {
      id: row.id,
      appId: row.appId,
      name: row.name,
      description: row.description,
      url: current ? this.urlOf(current) : null,
      previousUrls: previous.map((key) => ({ url: this.urlOf(key), expiresAt: key.expiresAt! })),
      eventType: inboundType(row.name),
      verification,
      missing: missingParts(verification, live.length > 0, PRESETS),
      secrets: live.map(({ id, createdAt, expiresAt }) => ({ id, createdAt, expiresAt })),
      answer: row.answer as unknown as SourceView['answer'],
      dedupeId: row.dedupe as unknown as SourceView['dedupeId'],
      targets,
      pausedAt: row.pausedAt,
      pausedBy: row.pausedBy,
      pausedReason: row.pausedReason,
      pausedByPlatform: row.pausedByPlatform,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    };
  }

  private urlOf({ hash, sealed }: { hash: string; sealed: string }): string | null {
    try {
      return captureUrl(this.config.api.publicBaseUrl, this.secrets.open(sealed, sourceKeyAad(hash)));
    } catch (error) {
      if (error instanceof SecretDamagedError) return null;
      throw error;
    }
  }
}

function columnsOf({ description, verification, answer, dedupe }: SourceSettings) {
  return {
    description,
    verification: verification as unknown as Prisma.InputJsonObject,
    answer: answer === null ? Prisma.DbNull : (answer as unknown as Prisma.InputJsonObject),
    dedupe: dedupe === null ? Prisma.DbNull : (dedupe as unknown as Prisma.InputJsonValue),
  };
}

/** Locks a source and notes that it changed. @returns false if it was deleted */
async function touch(tx: Prisma.TransactionClient, id: string): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE sources SET updated_at = GREATEST(now()::timestamptz(3), updated_at + interval '1 millisecond')
    WHERE id = ${id}::uuid AND removed_at IS NULL`;
  return count === 1;
}
