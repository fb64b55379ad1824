import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { Resealer } from '@breakwater/manifest';
import { EncryptionKeysDto } from './encryption-keys.dto.js';

@ApiTags('encryption keys')
@Controller('api/v1/admin/encryption-keys')
@RequireScope('admin')
export class EncryptionKeysController {
  constructor(private readonly resealer: Resealer) {}

  @Get()
  @ApiOperation({
    summary: 'What each encryption key seals, and which may be removed',
    description: 'Read it before you remove a key from `ENCRYPTION_KEYS`.',
  })
  async list(): Promise<EncryptionKeysDto> {
    return { items: await this.resealer.uses() };
  }
}
