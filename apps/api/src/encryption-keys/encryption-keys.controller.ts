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
  @ApiOperation({ summary: 'What each encryption key holds shut, and which may be taken away' })
  async list(): Promise<EncryptionKeysDto> {
    return { items: await this.resealer.uses() };
  }
}
