import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentPrincipal,
  ForeignAppError,
  PortalMay,
  RequireScope,
  type Principal,
} from '@breakwater/access';
import { Deliveries, QueueStatisticsReader } from '@breakwater/delivery';
import { Audited } from '../audit/audited.js';
import { BulkResultDto } from '../dead-letters/dead-letter.dto.js';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import {
  BulkCancelDto,
  DeliveryPageDto,
  DeliveryQueryDto,
  DeliveryStoryDto,
  QueueStatisticsDto,
  RedeliverDto,
  RedeliveryDto,
} from './delivery.dto.js';
import { editedPayload, type RawRequest } from './edited-payload.js';
import { presentDelivery, presentStory } from './present.js';
import { Problems } from '../document/problems.js';

@ApiTags('deliveries')
@Controller('api/v1')
@RequireScope('admin', 'app')
export class DeliveriesController {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly statistics: QueueStatisticsReader,
  ) {}

  @Get('deliveries')
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
  @ApiOperation({
    summary: "Deliveries, newest first: an app's own, an admin's all",
    description: 'An item must match all filters. `from` and `to` refer to the time of acceptance.',
  })
  async list(
    @Query() query: DeliveryQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<DeliveryPageDto> {
    const { cursor, limit, appId = null, ...filter } = query;
    const [after] = positionOf(cursor, 1) ?? [];
    const rows = await this.deliveries.list({
      ...filter,
      appId: principal.appId ?? appId,
      limit: limit + 1,
      ...(after === undefined ? {} : { after: idOf(after, cursor!) }),
    });
    return presentedPage(rows, limit, presentDelivery, ({ id }) => [id]);
  }

  @Get('deliveries/:id')
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
  @ApiOperation({
    summary: 'One delivery with its attempts and timeline',
    description:
      'The history has each attempt with the first 10 KiB of its answer, the timeline all other events.',
  })
  @Problems('DELIVERY_NOT_FOUND')
  async get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<DeliveryStoryDto> {
    return this.story(id, principal);
  }

  @Post('deliveries/:id/redeliver')
  @PortalMay('redeliver')
  @Audited('delivery.redeliver')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Send a finished delivery again, under the same webhook-id',
    description:
      'The receiver sees the same `webhook-id` and recognises it. A sync call cannot be sent again. With a `payload` a new delivery is made, with its own `webhook-id` and `editedFrom`; the original is not changed. `warnings` say what delays it; with `dryRun` nothing is sent.',
  })
  @Problems('DELIVERY_NOT_FOUND', 'DELIVERY_PENDING', 'DELIVERY_SYNC', 'ENDPOINT_UNAVAILABLE')
  async redeliver(
    @Param('id') id: string,
    @Body() { dryRun = false }: RedeliverDto,
    @Req() request: RawRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RedeliveryDto> {
    const { appId, name } = principal;
    const edited = editedPayload(request, principal);
    const warnings = await this.deliveries.redeliverWarnings(id, appId, edited !== undefined);
    const sent = dryRun ? id : await this.deliveries.redeliver(id, appId, name, edited);
    return { ...(await this.story(sent, principal)), warnings, dryRun };
  }

  @Post('deliveries/:id/cancel')
  @PortalMay('redeliver')
  @Audited('delivery.cancel')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Cancel a waiting delivery',
    description: 'Only while it is pending and none of its calls is in progress.',
  })
  @Problems('DELIVERY_NOT_FOUND', 'DELIVERY_NOT_CANCELLABLE')
  async cancel(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<DeliveryStoryDto> {
    await this.deliveries.cancel(id, principal.appId, principal.name);
    return this.story(id, principal);
  }

  /** A key with scope `read` sees no payload. */
  private async story(id: string, { appId, scopes }: Principal): Promise<DeliveryStoryDto> {
    const story = await this.deliveries.get(id, appId);
    const maySeePayload = scopes.includes('admin') || scopes.includes('app');
    return presentStory(story, maySeePayload ? await this.deliveries.payload(id, appId) : null);
  }

  @Post('deliveries/cancel')
  @PortalMay('redeliver')
  @Problems('APP_NOT_FOUND')
  @Audited('deliveries.cancel')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Cancel many deliveries',
    description:
      'Cancels all waiting deliveries that match the filter. With `dryRun` they are counted and nothing is changed.',
  })
  async cancelAll(
    @Body() { filter, dryRun = false }: BulkCancelDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BulkResultDto> {
    if (principal.appId !== null && filter.appId !== undefined && filter.appId !== principal.appId)
      throw new ForeignAppError();
    return {
      count: await this.deliveries.cancelAll({ filter, dryRun }, principal.appId, principal.name),
      dryRun,
    };
  }

  @Get('admin/queue/statistics')
  @RequireScope('admin')
  @ApiOperation({
    summary: 'What is in the queue now',
    description: 'Counts over all apps, by what the deliveries wait for.',
  })
  async queue(): Promise<QueueStatisticsDto> {
    return this.statistics.read(null);
  }
}
