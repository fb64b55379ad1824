import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import { AppSeries, Overview } from '@breakwater/insights';
import { Problems } from '../document/problems.js';
import { OverviewDto } from './overview.dto.js';
import { AppSeriesDto, SeriesQueryDto } from './series.dto.js';

@ApiTags('metrics')
@Controller('api/v1/admin')
@RequireScope('admin', 'app', 'read')
export class OverviewController {
  constructor(
    private readonly overview: Overview,
    private readonly series: AppSeries,
  ) {}

  @Get('overview')
  @PortalMay('view')
  @ApiOperation({
    summary: 'How all is: one sentence, a few numbers, and how deliveries ended in the last 24 hours',
    description:
      "An app's key sees its own, an admin's all. Each number names the list that it is the sum of.",
  })
  async get(@CurrentPrincipal() { appId }: Principal): Promise<OverviewDto> {
    return this.overview.read(appId);
  }

  @Get('apps/:appId/series')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Durations, answers and ends of deliveries of an app over time, with the changes in the range',
    description: 'Numbers come from roll-ups: they are at most a few seconds old.',
  })
  @Problems('APP_NOT_FOUND', 'CAPABILITY_NOT_FOUND')
  async ofApp(
    @Param('appId') appId: string,
    @Query() { window, from, to, capability: asked }: SeriesQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AppSeriesDto> {
    const capability = asked ?? null;
    const period = from === undefined ? { window } : { from, ...(to === undefined ? {} : { to }) };
    return { appId, capability, ...(await this.series.of(appId, capability, period, principal.appId)) };
  }
}
