import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PortalMay, RequireScope } from '@breakwater/access';
import { AppHealthReader } from '@breakwater/alerts';
import { Audited } from '../audit/audited.js';
import { presentedPage, positionOf } from '../paging/cursor.js';
import {
  AppHealthDto,
  AppHealthPageDto,
  AppHealthQueryDto,
  UptimeDto,
  UptimeQueryDto,
} from './app-health.dto.js';
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

  @Get(':appId/uptime')
  @PortalMay('view')
  @RequireScope('admin', 'app', 'read')
  @ApiOperation({
    summary: 'The health checks of one app by day',
    description: 'Every UTC day, oldest first; today is the last. A day without checks has zeros.',
  })
  @Problems('APP_NOT_FOUND')
  async uptime(@Param('appId') appId: string, @Query() { days }: UptimeQueryDto): Promise<UptimeDto> {
    return { appId, days: await this.health.uptime(appId, days) };
  }

  @Post(':appId/check')
  @Audited('app_health.check')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Check the health of one app now',
    description:
      'A worker makes the check within a few seconds; `lastCheck` is then newer. The answer is the health before it.',
  })
  @Problems('APP_NOT_FOUND', 'APP_NOT_CHECKED')
  async check(@Param('appId') appId: string): Promise<AppHealthDto> {
    return this.health.checkNow(appId);
  }
}
