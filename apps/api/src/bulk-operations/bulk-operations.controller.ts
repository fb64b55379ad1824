import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  CurrentPrincipal,
  ForeignAppError,
  PortalMay,
  RequireScope,
  type Principal,
} from '@breakwater/access';
import { BulkOperations, PER_SECOND } from '@breakwater/bulk';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { IDEMPOTENCY_KEY_SCHEMA, idempotencyKeyOf } from '../input/idempotency-key.js';
import { positionOf, presentedPage } from '../paging/cursor.js';
import { CursorInvalidError } from '../paging/cursor-invalid.error.js';
import { idOf } from '../paging/id-of.js';
import {
  BulkItemPageDto,
  BulkItemQueryDto,
  BulkOperationPageDto,
  BulkOperationQueryDto,
  BulkOperationStoryDto,
  PlanBulkDto,
} from './bulk-operation.dto.js';
import { requireKind } from './portal-kinds.js';
import { presentItem, presentOperation, presentStory } from './present.js';

/** The most items that an operation may have, with some digits to spare. */
const NUMBER = /^\d{1,9}$/;

@ApiTags('bulk operations')
@Controller('api/v1/bulk-operations')
@RequireScope('admin', 'app')
export class BulkOperationsController {
  constructor(private readonly operations: BulkOperations) {}

  @Post()
  @PortalMay('redeliver', 'resolve')
  @Audited('bulk_operation.plan')
  @ApiHeader({
    name: 'idempotency-key',
    required: false,
    description: 'The same key and request are one operation',
    schema: IDEMPOTENCY_KEY_SCHEMA,
  })
  @Problems(
    'BULK_FILTER_INVALID',
    'SUBSCRIPTION_NOT_FOUND',
    'APP_NOT_FOUND',
    'SSRF_BLOCKED',
    'IDEMPOTENCY_KEY_INVALID',
    'IDEMPOTENCY_CONFLICT',
  )
  @ApiOperation({
    summary: 'Plan a bulk operation',
    description:
      'Nothing is changed until it is run. The answer has the number of items, the first five, and the endpoints concerned with the state of their breakers. A large plan is still `planning`: ask again.',
  })
  async plan(
    @Body() { kind, filter, url, perSecond = PER_SECOND, notes }: PlanBulkDto,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentPrincipal() principal: Principal,
    @Headers('idempotency-key') key?: string,
  ): Promise<BulkOperationStoryDto> {
    requireKind(principal, kind);
    if (principal.appId !== null && filter.appId !== undefined && filter.appId !== principal.appId)
      throw new ForeignAppError();
    const { from, to, ...rest } = filter;
    const asked = {
      ...rest,
      ...(from ? { from: from.toISOString() } : {}),
      ...(to ? { to: to.toISOString() } : {}),
    };
    const story = await this.operations.plan(
      {
        kind,
        filter: asked,
        url: url ?? null,
        perSecond,
        notes: notes ?? null,
        atOnce: false,
        idempotencyKey: idempotencyKeyOf(key),
      },
      principal,
    );
    void reply.header('location', `/api/v1/bulk-operations/${story.operation.id}`);
    return presentStory(story);
  }

  @Get()
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Bulk operations, newest first',
    description: "An app's key sees those that keys of its app created, an admin's key all.",
  })
  async list(
    @Query() { cursor, limit, ...filter }: BulkOperationQueryDto,
    @CurrentPrincipal() { appId }: Principal,
  ): Promise<BulkOperationPageDto> {
    const [after] = positionOf(cursor, 1) ?? [];
    const rows = await this.operations.list(
      { ...filter, limit: limit + 1, ...(after === undefined ? {} : { after: idOf(after, cursor!) }) },
      appId,
    );
    return presentedPage(rows, limit, presentOperation, ({ id }) => [id]);
  }

  @Get(':id')
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
  @Problems('BULK_OPERATION_NOT_FOUND')
  @ApiOperation({
    summary: 'One bulk operation: its plan and its progress',
    description: 'Endpoints are shown with the state that their breakers have now.',
  })
  async get(
    @Param('id') id: string,
    @CurrentPrincipal() { appId }: Principal,
  ): Promise<BulkOperationStoryDto> {
    return presentStory(await this.operations.get(id, appId));
  }

  @Get(':id/items')
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
  @Problems('BULK_OPERATION_NOT_FOUND')
  @ApiOperation({
    summary: 'The items of a bulk operation, each with its result',
    description: 'In the order in which they are done.',
  })
  async items(
    @Param('id') id: string,
    @Query() { cursor, limit, ...filter }: BulkItemQueryDto,
    @CurrentPrincipal() { appId }: Principal,
  ): Promise<BulkItemPageDto> {
    const [after = '0'] = positionOf(cursor, 1) ?? [];
    if (!NUMBER.test(after)) throw new CursorInvalidError(cursor!);
    const page = { ...filter, after: Number(after), limit: limit + 1 };
    const rows = await this.operations.items(id, page, appId);
    return presentedPage(rows, limit, presentItem, ({ number }) => [String(number)]);
  }

  @Post(':id/run')
  @PortalMay('redeliver', 'resolve')
  @Audited('bulk_operation.run')
  @HttpCode(202)
  @Problems('BULK_OPERATION_NOT_FOUND', 'BULK_OPERATION_STATE')
  @ApiOperation({
    summary: 'Run a planned bulk operation',
    description: 'Workers do its items at its rate. It continues after a restart, and no item is done twice.',
  })
  async run(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BulkOperationStoryDto> {
    const { operation } = await this.operations.get(id, principal.appId);
    requireKind(principal, operation.kind);
    return presentStory(await this.operations.run(id, principal));
  }

  @Post(':id/cancel')
  @PortalMay('redeliver', 'resolve')
  @Audited('bulk_operation.cancel')
  @HttpCode(200)
  @Problems('BULK_OPERATION_NOT_FOUND', 'BULK_OPERATION_STATE')
  @ApiOperation({
    summary: 'Cancel a bulk operation',
    description: 'A step in progress, at most 500 items, is finished. What was done is not undone.',
  })
  async cancel(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BulkOperationStoryDto> {
    const { operation } = await this.operations.get(id, principal.appId);
    requireKind(principal, operation.kind);
    return presentStory(await this.operations.cancel(id, principal));
  }
}
