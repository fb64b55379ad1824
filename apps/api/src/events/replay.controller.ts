import { Body, Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, ForeignAppError, RequireScope, type Principal } from '@breakwater/access';
import { BulkOperations } from '@breakwater/bulk';
import { Audited } from '../audit/audited.js';
import { EventReplayDto, ReplayEventDto } from '../bulk-operations/bulk-operation.dto.js';
import { presentItem, presentOperation } from '../bulk-operations/present.js';
import { Problems } from '../document/problems.js';
import { IDEMPOTENCY_KEY_SCHEMA, idempotencyKeyOf } from '../input/idempotency-key.js';

/** Items that the answer shows. */
const SHOWN = 200;

/** A replay of one event is a bulk operation that runs at once. */
@ApiTags('events')
@Controller('api/v1/events')
@RequireScope('admin', 'app')
export class ReplayController {
  constructor(private readonly operations: BulkOperations) {}

  @Post(':id/replay')
  @Audited('event.replay')
  @HttpCode(202)
  @ApiHeader({
    name: 'idempotency-key',
    required: false,
    description: 'The same key and request are one replay',
    schema: IDEMPOTENCY_KEY_SCHEMA,
  })
  @Problems(
    'EVENT_NOT_FOUND',
    'BULK_FILTER_INVALID',
    'SUBSCRIPTION_NOT_FOUND',
    'APP_NOT_FOUND',
    'SSRF_BLOCKED',
    'IDEMPOTENCY_KEY_INVALID',
    'IDEMPOTENCY_CONFLICT',
  )
  @ApiOperation({
    summary: 'Deliver a stored event again',
    description:
      'Creates a new delivery for each subscription that matches the event now. The event and its earlier deliveries do not change. With many subscriptions workers continue: see the bulk operation in the answer.',
  })
  async replay(
    @Param('id') eventId: string,
    @Body() { url, appId, subscription, result = 'all' }: ReplayEventDto,
    @CurrentPrincipal() principal: Principal,
    @Headers('idempotency-key') key?: string,
  ): Promise<EventReplayDto> {
    if (principal.appId !== null && appId !== undefined && appId !== principal.appId)
      throw new ForeignAppError();
    const { operation } = await this.operations.replayEvent(
      { eventId, appId, subscription, result, url: url ?? null, idempotencyKey: idempotencyKeyOf(key) },
      principal,
    );
    const items = await this.operations.items(operation.id, { after: 0, limit: SHOWN }, principal.appId);
    return { operation: presentOperation(operation), items: items.map(presentItem) };
  }
}
