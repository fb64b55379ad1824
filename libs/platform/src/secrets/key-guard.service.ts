import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Database, PrismaService } from '../database/database.service.js';
import { EncryptionKeyWrongError } from './encryption-key-wrong.error.js';
import { MigrationsPendingError } from '../migrations/migrations-pending.error.js';
import { pendingMigrations } from '../migrations/migrate.service.js';
import { judgeKeys } from './key-check.js';

/** Refuses to start on a database without its migrations, or with an encryption key that is not the one its id stood for (row J3). */
@Injectable()
export class KeyGuard implements OnModuleInit {
  private readonly log = new Logger(KeyGuard.name);

  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {}

  /** @throws MigrationsPendingError, EncryptionKeyWrongError */
  async onModuleInit(): Promise<void> {
    const pending = await pendingMigrations(this.database.pool).catch(asPending);
    if (pending.length > 0) throw new MigrationsPendingError(pending);
    const stored = await this.prisma.encryptionKeyCheck.findMany();
    const { wrong, fresh, missing } = judgeKeys(this.config.encryptionKeys, stored);
    if (wrong.length > 0) throw new EncryptionKeyWrongError(wrong);
    if (missing.length > 0) {
      this.log.warn(`ENCRYPTION_KEYS has no more ${missing.join(', ')}: what it sealed cannot be opened`);
    }
    if (fresh.length > 0)
      await this.prisma.encryptionKeyCheck.createMany({ data: fresh, skipDuplicates: true });
  }
}

/** A server on which no migration ever ran knows no role for its processes. */
function asPending(error: Error & { code?: string }): string[] {
  if (error.code === '22023' && error.message.includes('breakwater_service')) return ['all of them'];
  throw error;
}
