import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { Public } from '@breakwater/access';
import { Readiness } from '@breakwater/platform';
import { AliveDto } from './health.dto.js';

@ApiTags('health')
@Controller()
@Public()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: Readiness,
  ) {}

  @Get('healthz')
  @ApiOperation({ summary: 'Whether the process is alive' })
  alive(): AliveDto {
    return { status: 'ok' };
  }

  @Get('readyz')
  @HealthCheck()
  @ApiOperation({
    summary: 'Whether it may get traffic: database, queue, migrations, clock; 503 while it stops',
  })
  async ready(): Promise<HealthCheckResult> {
    const findings = await this.readiness.check();
    return this.health.check(
      findings.map(({ what, state, detail }) => (): HealthIndicatorResult => {
        const indicator = this.indicators.check(what);
        return state === 'down'
          ? indicator.down({ detail })
          : state === 'degraded'
            ? indicator.degraded({ detail })
            : indicator.up();
      }),
    );
  }
}
