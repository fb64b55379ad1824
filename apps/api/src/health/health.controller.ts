import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { Public } from '@breakwater/access';
import { Readiness, type Finding } from '@breakwater/platform';
import type { FastifyReply } from 'fastify';
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
  @ApiOperation({
    summary: 'Whether the process is alive',
    description: 'Checks nothing else: for a liveness probe.',
  })
  alive(): AliveDto {
    return { status: 'ok' };
  }

  @Get('readyz')
  @HealthCheck()
  @ApiOperation({
    summary: 'Whether it may get traffic: database, queue, migrations, clock; 503 while it stops',
    description: 'For a readiness probe. With a degraded part the process stays in traffic.',
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    const findings = await this.readiness.check();
    try {
      return await this.health.check(findings.map(toIndicator(this.indicators)));
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      // Not a problem document: the reader wants to know which part is down.
      void reply.status(503);
      return error.getResponse() as HealthCheckResult;
    }
  }
}

function toIndicator(indicators: HealthIndicatorService) {
  return ({ what, state, detail }: Finding) =>
    (): HealthIndicatorResult => {
      const indicator = indicators.check(what);
      if (state === 'down') return indicator.down({ detail });
      if (state === 'degraded') return indicator.degraded({ detail });
      return detail === '' ? indicator.up() : indicator.up({ detail });
    };
}
