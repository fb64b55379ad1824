import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiExcludeController, ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import {
  DeadLetters,
  Deliveries,
  DeliveryStatisticsReader,
  queueHealth,
  QueueStatisticsReader,
} from '@breakwater/delivery';
import { Audited } from '../audit/audited.js';
import { presentDeadLetter } from '../dead-letters/present.js';
import { presentStory } from '../deliveries/present.js';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { timeOf } from '../paging/time-of.js';
import {
  DeliveryCountsDto,
  DeliveryStatsDto,
  DeliveryStatsQueryDto,
  OfAppQueryDto,
  OwnDeadLettersPageDto,
  OwnDeadLettersQueryDto,
  QueueHealthDto,
  RecentFailuresDto,
  RecentFailuresQueryDto,
  RetriedDto,
} from './statistics.dto.js';
import { Problems } from '../document/problems.js';

/** For an app's owner: an app's key sees its own, an admin's all or one app's. */
@ApiTags('statistics')
@ApiExtraModels(DeliveryCountsDto)
@Controller('api/v1/webhook-metrics')
@RequireScope('admin', 'app', 'read')
export class StatisticsController {
  constructor(
    private readonly queue: QueueStatisticsReader,
    private readonly statistics: DeliveryStatisticsReader,
    private readonly deadLetters: DeadLetters,
    private readonly deliveries: Deliveries,
  ) {}

  @Get('queue-health')
  @PortalMay('view')
  @ApiOperation({
    summary: 'The state of the deliveries now',
    description: "An app's key sees its own, an admin's all or one app's.",
  })
  async queueHealth(
    @Query() { appId }: OfAppQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<QueueHealthDto> {
    const metrics = await this.queue.read(principal.appId ?? appId ?? null, principal.appId);
    return { ...queueHealth(metrics), timestamp: new Date() };
  }

  @Get('delivery-stats')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Deliveries accepted within a range, by their result',
    description: "An app's key sees its own, an admin's all or one app's.",
  })
  async deliveryStats(
    @Query() { range, appId }: DeliveryStatsQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<DeliveryStatsDto> {
    return {
      range,
      timeRange: range,
      ...(await this.statistics.read(principal.appId ?? appId ?? null, range, principal.appId)),
    };
  }

  @Get('recent-failures')
  @PortalMay('view')
  @ApiOperation({
    summary: 'The latest deliveries that ended without success, newest first',
    description: "An app's key sees its own, an admin's all or one app's.",
  })
  async recentFailures(
    @Query() { limit, appId }: RecentFailuresQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RecentFailuresDto> {
    const failures = await this.statistics.failures(principal.appId ?? appId ?? null, limit, principal.appId);
    const items = failures.map((one) => ({ ...one, jobId: one.id, errorMessage: one.lastError }));
    return { items, failures: items, count: items.length };
  }

  @Get('dead-letter-queue')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Unresolved dead letters, newest first',
    description: "An app's key sees its own, an admin's all or one app's.",
  })
  async deadLetterQueue(
    @Query() { cursor, limit, appId }: OwnDeadLettersQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<OwnDeadLettersPageDto> {
    const position = positionOf(cursor, 2);
    const after = position && { failedAt: timeOf(position[0]!, cursor!), id: idOf(position[1]!, cursor!) };
    const of = principal.appId ?? appId;
    const filter = of === undefined ? {} : { appId: of };
    const rows = await this.deadLetters.list(filter, limit + 1, after, principal.appId);
    const { items, nextCursor } = presentedPage(rows, limit, presentDeadLetter, ({ failedAt, id }) => [
      failedAt.toISOString(),
      id,
    ]);
    const maySeePayload = principal.scopes.includes('admin') || principal.scopes.includes('app');
    const payloads = maySeePayload
      ? await this.deadLetters.payloadStarts(
          items.map(({ id }) => id),
          principal.appId,
        )
      : new Map<string, { text: string; truncated: boolean }>();
    return {
      items: items.map((item) => ({
        ...item,
        payload: payloads.get(item.id)?.text ?? null,
        payloadTruncated: payloads.get(item.id)?.truncated ?? false,
      })),
      nextCursor,
    };
  }

  @Post('retry-failed/:id')
  @RequireScope('admin', 'app')
  @PortalMay('redeliver')
  @Audited('delivery.retry_failed')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Send a failed delivery again, under the same webhook-id; by its id or its dead letter’s',
    description: 'The receiver sees the same `webhook-id` and recognises it.',
  })
  @Problems('DELIVERY_NOT_FOUND', 'DELIVERY_PENDING', 'DELIVERY_SYNC', 'ENDPOINT_UNAVAILABLE')
  async retryFailed(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<RetriedDto> {
    const deliveryId = (await this.deadLetters.deliveryOf(id, principal.appId)) ?? id;
    await this.deliveries.redeliver(deliveryId, principal.appId, principal.name);
    const story = await this.deliveries.get(deliveryId, principal.appId);
    return {
      success: true,
      message: `delivery ${deliveryId} is due again`,
      newJobId: deliveryId,
      ...presentStory(story, await this.deliveries.payload(deliveryId, principal.appId)),
    };
  }
}

/** The same without the version in the path. */
@ApiExcludeController()
@Controller('api/webhook-metrics')
@RequireScope('admin', 'app', 'read')
export class StatisticsAliasController extends StatisticsController {}
