import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import { AppRegistry, CapabilityNotFoundError } from '@breakwater/manifest';
import { WebhookMetrics } from '@breakwater/metrics';
import { MetricsQueryDto, MetricsReportDto } from './webhook-metrics.dto.js';
import { Problems } from '../document/problems.js';

@ApiTags('metrics')
@Controller('api/v1/admin/webhook-metrics')
@RequireScope('admin', 'app', 'read')
export class WebhookMetricsController {
  constructor(
    private readonly metrics: WebhookMetrics,
    private readonly apps: AppRegistry,
  ) {}

  @Get(':appId')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Calls, rates and durations of an app, with a series for charts',
    description: 'All capabilities together.',
  })
  @Problems('APP_NOT_FOUND')
  async ofApp(
    @Param('appId') appId: string,
    @Query() { window }: MetricsQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MetricsReportDto> {
    await this.apps.get(appId, principal.appId);
    return {
      appId,
      capability: null,
      window,
      ...(await this.metrics.of(appId, null, window, principal.appId)),
    };
  }

  @Get(':appId/:capability')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Calls, rates and durations of one capability, with a series for charts',
    description: 'Every step of the series is there; one without calls has zeros.',
  })
  @Problems('APP_NOT_FOUND', 'CAPABILITY_NOT_FOUND')
  async ofCapability(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @Query() { window }: MetricsQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MetricsReportDto> {
    await this.apps.get(appId, principal.appId);
    if (!(await this.apps.hasCapability(appId, capability)))
      throw new CapabilityNotFoundError(appId, capability);
    const report = await this.metrics.of(appId, capability, window, principal.appId);
    return { appId, capability, window, ...report };
  }
}
