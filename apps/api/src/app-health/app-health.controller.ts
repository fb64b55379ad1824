import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { AppHealthReader } from '@breakwater/monitoring';
import { pageOf, positionOf } from '../paging/cursor.js';
import { AppHealthDto, AppHealthPageDto, AppHealthQueryDto } from './app-health.dto.js';

@ApiTags('health')
@Controller('api/v1/admin/health/apps')
@RequireScope('admin')
export class AppHealthController {
  constructor(private readonly health: AppHealthReader) {}

  @Get()
  @ApiOperation({ summary: 'How the active apps are, by their health checks' })
  async list(@Query() { cursor, limit, status }: AppHealthQueryDto): Promise<AppHealthPageDto> {
    const [after] = positionOf(cursor, 1) ?? [];
    const rows = await this.health.list({
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
      ...(status ? { status } : {}),
    });
    return pageOf(
      rows,
      limit,
      (row) => row,
      ({ appId }) => [appId],
    );
  }

  @Get(':appId')
  @ApiOperation({ summary: 'How one app is' })
  async get(@Param('appId') appId: string): Promise<AppHealthDto> {
    return this.health.get(appId);
  }
}
