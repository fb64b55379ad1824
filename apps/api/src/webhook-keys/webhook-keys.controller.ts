import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, RequireScope } from '@breakwater/access';
import { PlatformKeys } from '@breakwater/manifest';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { RotateKeyDto, WebhookKeysDto } from './webhook-keys.dto.js';

/** Cache time in seconds. Much shorter than the usual overlap of a rotation, so receivers get the new key in time. */
const MAX_AGE_S = 300;

@ApiTags('webhook keys')
@Controller()
@RequireScope('admin')
export class WebhookKeysController {
  constructor(private readonly keys: PlatformKeys) {}

  @Get('.well-known/webhook-keys')
  @Public()
  @Problems('DATABASE_UNAVAILABLE')
  @Header('cache-control', `public, max-age=${MAX_AGE_S}`)
  @ApiOperation({
    summary: 'Public keys of the signatures `v1a`',
    description:
      'A JSON Web Key Set, newest key first. During a rotation each call carries a signature of every key that is listed. Keep it for as long as `Cache-Control` says.',
  })
  async list(): Promise<WebhookKeysDto> {
    return { keys: await this.keys.published() };
  }

  @Post('api/v1/admin/webhook-keys/rotate')
  @Audited('webhook_key.rotate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Make a new key pair for the signatures `v1a`; the old one stays valid for a while',
    description:
      'For `overlapMs` each call carries a signature of both keys. An overlap of 0 ends all older keys at once, for a key that leaked. The answer is the key set.',
  })
  @Problems('APP_UPDATE_INVALID', 'SIGNING_SECRETS_FULL')
  async rotate(@Body() { overlapMs }: RotateKeyDto): Promise<WebhookKeysDto> {
    return { keys: await this.keys.rotate(overlapMs) };
  }
}
