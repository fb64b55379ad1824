import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiExcludeController, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import { DeadLetters } from '@breakwater/delivery';
import { RetryFailed } from '@breakwater/events';
import { Audited } from '../audit/audited.js';
import { presentDeadLetter } from '../dead-letters/present.js';
import { Problems } from '../document/problems.js';
import { positionOf, presentedPage } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { timeOf } from '../paging/time-of.js';
import { FailedWebhooksDto, FailedWebhooksQueryDto, RetriedWebhooksDto } from './webhook.dto.js';

/** What failed, in a short form: the dead letters and redeliveries under the names that other products use. */
@ApiTags('deliveries')
@Controller('api/v1/webhooks')
@RequireScope('admin', 'app')
export class WebhooksController {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly retries: RetryFailed,
  ) {}

  @Get('failed')
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Webhooks that failed for good, newest first',
    description: "Unresolved dead letters: an app's key sees its own, an admin's all or one app's.",
  })
  async failed(
    @Query() { cursor, limit, appId }: FailedWebhooksQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<FailedWebhooksDto> {
    const position = positionOf(cursor, 2);
    const after = position && { failedAt: timeOf(position[0]!, cursor!), id: idOf(position[1]!, cursor!) };
    const of = principal.appId ?? appId;
    const rows = await this.deadLetters.list(
      of === undefined ? {} : { appId: of },
      limit + 1,
      after,
      principal.appId,
    );
    const { items, nextCursor } = presentedPage(rows, limit, presentDeadLetter, ({ failedAt, id }) => [
      failedAt.toISOString(),
      id,
    ]);
    const webhooks = items.map(({ deliveryId, appId: app, eventType, attempts, error, failedAt }) => ({
      id: deliveryId,
      appId: app,
      eventType,
      attempts,
      error,
      failedAt,
    }));
    return { webhooks, count: webhooks.length, nextCursor };
  }

  @Post(':id/retry')
  @PortalMay('redeliver')
  @Audited('webhook.retry')
  @HttpCode(202)
  @Problems('DELIVERY_NOT_FOUND', 'DELIVERY_PENDING', 'DELIVERY_SYNC', 'ENDPOINT_UNAVAILABLE')
  @ApiOperation({
    summary: 'Send a failed webhook again, under the same webhook-id',
    description:
      'By the id of a delivery or of its dead letter; by the id of an event, all its deliveries that failed are sent again.',
  })
  async retry(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RetriedWebhooksDto> {
    const deliveryIds = await this.retries.retry(id, principal.appId, principal.name);
    const count = deliveryIds.length;
    const message = `${count} ${count === 1 ? 'delivery is' : 'deliveries are'} due again`;
    return { success: true, message, deliveryIds, count };
  }
}

/** The same without the version in the path. */
@ApiExcludeController()
@Controller('api/webhooks')
@RequireScope('admin', 'app')
export class WebhooksAliasController extends WebhooksController {}
