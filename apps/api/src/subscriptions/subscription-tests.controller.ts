import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { PortalMay, RequireScope } from '@breakwater/access';
import { FilterTest, PingSubscription } from '@breakwater/events';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { FilterTestDto, FilterTestReportDto, PingReportDto } from './subscription-test.dto.js';

/** Tests of a subscription: nothing is stored, and nothing is delivered. */
@ApiTags('subscriptions')
@Controller('api/v1/apps/:appId/subscriptions/:name')
@RequireScope('admin', 'app')
export class SubscriptionTestsController {
  constructor(
    private readonly filters: FilterTest,
    private readonly pings: PingSubscription,
  ) {}

  @Post('filter/test')
  @PortalMay('test')
  @HttpCode(200)
  @Problems('SUBSCRIPTION_NOT_FOUND', 'SUBSCRIPTION_INVALID')
  @ApiOperation({
    summary: 'Test other types or another filter',
    description:
      'Compares a draft with the subscription as it is, for the events of the last 24 hours, at most the newest 10,000: those of the app and of the platform. Nothing changes.',
  })
  async testFilter(
    @Param('appId') appId: string,
    @Param('name') name: string,
    @Body() { events, filter }: FilterTestDto,
  ): Promise<FilterTestReportDto> {
    const { isCut, ...report } = await this.filters.run(appId, name, { events, filter });
    return { ...report, cut: isCut };
  }

  @Post('ping')
  @PortalMay('test')
  @HttpCode(200)
  @Audited('subscription.ping')
  @Problems('SUBSCRIPTION_NOT_FOUND')
  @ApiOperation({
    summary: 'Call a subscription with a test event',
    description:
      'Sends an event of the type breakwater.ping at once, signed as any delivery, and answers what the receiver did. Also if the subscription is paused or disabled. It is no delivery: there is no retry and no dead letter, and the circuit breaker does not count it.',
  })
  async ping(
    @Param('appId') appId: string,
    @Param('name') name: string,
    @Req() { id }: FastifyRequest,
  ): Promise<PingReportDto> {
    const report = await this.pings.ping(appId, name, id);
    return { ...report, responseBody: report.responseBody?.toString('utf8') ?? null };
  }
}
