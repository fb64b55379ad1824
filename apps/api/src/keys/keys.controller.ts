import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiKeys, CurrentPrincipal, RequireScope, type Principal } from '@breakwater/access';
import { Audited } from '../audit/audited.js';
import { innerCursor, outerPage } from '../paging/cursor.js';
import { ApiKeyPageDto, ApiKeyQueryDto, NewApiKeyDto, CreateApiKeyDto } from './key.dto.js';
import { Problems } from '../document/problems.js';

@ApiTags('api keys')
@Controller('api/v1/admin/api-keys')
@RequireScope('admin')
export class KeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Post()
  @Audited('api_key.create')
  @ApiOperation({
    summary: 'Create a key; it is shown once',
    description:
      '`app` needs an `appId`, `admin` must have none. The key is shown only once and stored as a hash.',
  })
  @Problems('API_KEY_INVALID')
  async create(
    @Body() request: CreateApiKeyDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<NewApiKeyDto> {
    return this.keys.create(request, principal.name);
  }

  @Get()
  @ApiOperation({
    summary: 'All keys, without their secrets',
    description: 'Including revoked and expired ones, newest first.',
  })
  async list(@Query() { cursor, limit, appId }: ApiKeyQueryDto): Promise<ApiKeyPageDto> {
    const filter = { limit, ...(appId === undefined ? {} : { appId }) };
    return outerPage(await this.keys.list({ ...filter, ...innerCursor(cursor) }));
  }

  @Delete(':id')
  @Audited('api_key.revoke')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Revoke a key; effective everywhere within 5 s',
    description:
      'The last admin key may be revoked, too: then nobody can administer the installation until an api starts.',
  })
  @Problems('API_KEY_NOT_FOUND')
  async revoke(@Param('id') id: string): Promise<void> {
    await this.keys.revoke(id);
  }
}
