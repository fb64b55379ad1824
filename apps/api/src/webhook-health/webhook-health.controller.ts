import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { OverallHealthReader } from '@breakwater/alerts';
import { WebhookHealthDto } from './webhook-health.dto.js';

@ApiTags('health')
@Controller('api/v1/admin/webhook-health')
@RequireScope('admin')
export class WebhookHealthController {
  constructor(private readonly health: OverallHealthReader) {}

  @Get()
  @ApiOperation({
    summary: 'The health of the installation, and why',
    description: 'The status is the worst of the reasons; each reason has a code.',
  })
  async get(): Promise<WebhookHealthDto> {
    const { status, reasons, snapshot } = await this.health.read();
    const { activeApps, deadLetters, waiting, oldestWaitingMs, calls, successes, failedNotifications } =
      snapshot;
    return {
      status,
      reasons,
      counts: {
        activeApps,
        deadLetters,
        waiting,
        calls,
        failedNotifications,
        unhealthyApps: snapshot.unhealthyApps.length,
        openBreakers: snapshot.openBreakers.length,
        oldestWaitingMs: Math.round(oldestWaitingMs),
        successRate: calls === 0 ? null : Math.round((10_000 * successes) / calls) / 100,
        firingAlerts: snapshot.firingAlerts.length,
      },
      checkedAt: snapshot.checkedAt,
    };
  }
}
