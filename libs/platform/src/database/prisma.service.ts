import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { GOODBYE_MS, within } from '../lifecycle/within.io.js';
import { Prisma, PrismaClient } from '../prisma/generated/client.js';
import { Database } from './database.service.js';
import { BECOME_TENANT, PLAN_BY_VALUE } from './tenant-statements.js';

@Injectable()
export class PrismaService extends PrismaClient implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly database: Database) {
    super({ adapter: new PrismaPg(database.pool) });
  }

  /**
   * The first query of a process loads Prisma's compiler: 0.3 s of CPU time, and seconds on a busy machine. It is made
   * here, before calls and deliveries wait for one. If the database is unavailable, this has its effect all the same.
   */
  async onModuleInit(): Promise<void> {
    await this.app.findFirst({ select: { id: true } }).catch(() => undefined);
  }

  /** Does `work` for an app's people, under row-level security; null is the platform itself. */
  async as<T>(appId: string | null, work: (db: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    return appId === null ? work(this) : this.inTransaction(work, (tx) => becomeTenant(tx, appId));
  }

  /** Like `as`, for a list whose filters say which index is the right one. */
  async listAs<T>(appId: string | null, work: (db: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    return this.inTransaction(work, async (tx) => {
      await tx.$queryRawUnsafe(PLAN_BY_VALUE);
      if (appId !== null) await becomeTenant(tx, appId);
    });
  }

  /** Like `as`, for history: from the replica, if there is one (docs/operations/replica.md). */
  async historyAs<T>(appId: string | null, work: (db: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    return this.fromReplica((prisma) => prisma.as(appId, work));
  }

  /** Like `listAs`, for history: from the replica, if there is one (docs/operations/replica.md). */
  async listHistoryAs<T>(
    appId: string | null,
    work: (db: Prisma.TransactionClient) => Promise<T>,
  ): Promise<T> {
    return this.fromReplica((prisma) => prisma.listAs(appId, work));
  }

  private async fromReplica<T>(read: (prisma: PrismaService) => Promise<T>): Promise<T> {
    const { replica } = this.database;
    return replica === null
      ? read(this)
      : replica.read(
          ({ prisma }) => read(prisma),
          () => read(this),
        );
  }

  private async inTransaction<T>(
    work: (db: Prisma.TransactionClient) => Promise<T>,
    before: (db: Prisma.TransactionClient) => Promise<unknown>,
  ): Promise<T> {
    return this.$transaction(
      async (tx) => {
        await before(tx);
        return work(tx);
      },
      { maxWait: 10_000, timeout: 20_000 },
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await within(this.$disconnect(), GOODBYE_MS);
  }
}

async function becomeTenant(tx: Prisma.TransactionClient, appId: string): Promise<void> {
  await tx.$queryRawUnsafe(BECOME_TENANT, appId);
}
