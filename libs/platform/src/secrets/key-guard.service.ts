import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/index.js';
import { PrismaService } from '../database/database.service.js';
import { EncryptionKeyWrongError } from './encryption-key-wrong.error.js';
import { judgeKeys } from './key-check.js';

/** Refuses to start with an encryption key that is not the one its id stood for (row J3). */
@Injectable()
export class KeyGuard implements OnModuleInit {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {}

  /** @throws EncryptionKeyWrongError */
  async onModuleInit(): Promise<void> {
    const stored = await this.prisma.encryptionKeyCheck.findMany();
    const { wrong, fresh } = judgeKeys(this.config.encryptionKeys, stored);
    if (wrong.length > 0) throw new EncryptionKeyWrongError(wrong);
    if (fresh.length > 0)
      await this.prisma.encryptionKeyCheck.createMany({ data: fresh, skipDuplicates: true });
  }
}
