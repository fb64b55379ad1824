import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import { Conformance } from '@breakwater/conformance';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { ConformanceRunDto, ConformanceRunListDto, StartConformanceRunDto } from './conformance-run.dto.js';

@ApiTags('conformance')
@Controller('api/v1/apps/:appId/conformance-runs')
@RequireScope('admin', 'app')
export class ConformanceRunsController {
  constructor(private readonly conformance: Conformance) {}

  @Post()
  @PortalMay('test')
  @HttpCode(202)
  @Audited('conformance.run')
  @Problems(
    'APP_NOT_FOUND',
    'CONFORMANCE_TARGET_INVALID',
    'CONFORMANCE_PAYLOAD_TOO_LARGE',
    'CONFORMANCE_RUNNING',
  )
  @ApiOperation({
    summary: 'Check how an endpoint receives',
    description:
      'Begins 20 checks of one endpoint: whether it refuses wrong, missing and old signatures, accepts rotated ones, large bodies and repetitions, and so on. It takes a minute at most; `GET` shows its progress. About 20 calls are made, each as a delivery with the header `breakwater-test: conformance`. They are no deliveries: no list has them, no metric and no circuit breaker counts them. Also if the endpoint is paused or disabled.',
  })
  async start(
    @Param('appId') appId: string,
    @Body() asked: StartConformanceRunDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConformanceRunDto> {
    return this.conformance.start(appId, { ...asked }, principal.name);
  }

  @Get()
  @PortalMay('view')
  @Problems('APP_NOT_FOUND')
  @ApiOperation({
    summary: "An app's conformance runs",
    description: 'Newest first, without the results of their checks: the newest 20, and those that are kept.',
  })
  async list(@Param('appId') appId: string): Promise<ConformanceRunListDto> {
    return { items: await this.conformance.list(appId) };
  }

  @Get(':id')
  @PortalMay('view')
  @Problems('CONFORMANCE_RUN_NOT_FOUND')
  @ApiOperation({
    summary: 'One conformance run with the results of its checks',
    description: 'What each check sent and expected, what it saw, why it matters, and what to do.',
  })
  async get(@Param('appId') appId: string, @Param('id') id: string): Promise<ConformanceRunDto> {
    return this.conformance.get(appId, id);
  }
}
