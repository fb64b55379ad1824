import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PortalMay, RequireScope } from '@breakwater/access';
import { AppHealthReader } from '@breakwater/alerts';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { AppHealthDto, AppHealthPageDto, AppHealthQueryDto } from './app-health.dto.js';
import { Problems } from '../document/problems.js';

@ApiTags('health')
@Controller('api/v1/admin/health/apps')
@RequireScope('admin')
export class AppHealthController {
  constructor(private readonly health: AppHealthReader) {}

  @Get()
  @ApiOperation({
    summary: 'The health of all active apps, by their health checks',
    description: 'By app id. Only active apps are checked.',
  })
  async list(@Query() { cursor, limit, status }: AppHealthQueryDto): Promise<AppHealthPageDto> {
    const [after] = positionOf(cursor, 1) ?? [];
    const rows = await this.health.list({
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
      ...(status ? { status } : {}),
    });
    return presentedPage(
      rows,
      limit,
      (row) => row,
      ({ appId }) => [appId],
    );
  }

  @Get(':appId')
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
  @ApiOperation({ summary: 'The health of one app', description: 'With the result of the last check.' })
  @Problems('APP_NOT_FOUND')
  async get(@Param('appId') appId: string): Promise<AppHealthDto> {
    return this.health.get(appId);
  }
}
