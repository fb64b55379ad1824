import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import { DeadLetters } from '@breakwater/delivery';
import { Audited } from '../audit/audited.js';
import { RedeliverDto } from '../deliveries/delivery.dto.js';
import { editedPayload, type RawRequest } from '../deliveries/edited-payload.js';
import { presentStory } from '../deliveries/present.js';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { countOf } from '../paging/count-of.js';
import { idOf } from '../paging/id-of.js';
import { timeOf } from '../paging/time-of.js';
import {
  BulkResolveDto,
  BulkResultDto,
  BulkRetryDto,
  DeadLetterDto,
  DeadLetterGroupPageDto,
  DeadLetterGroupQueryDto,
  DeadLetterPageDto,
  DeadLetterQueryDto,
  DeadLetterRetryDto,
  DeadLetterStatisticsDto,
  DeadLetterStoryDto,
  NoteDto,
  ResolveDto,
} from './dead-letter.dto.js';
import { presentDeadLetter } from './present.js';
import { Problems } from '../document/problems.js';

/** An app's key lists, opens, retries and resolves its own; actions on many at once are for admins. */
@ApiTags('dead letters')
@Controller('api/v1/admin/dlq')
@RequireScope('admin')
export class DeadLettersController {
  constructor(private readonly deadLetters: DeadLetters) {}

  @Get()
  @RequireScope('admin', 'app')
  @PortalMay('view')
  @ApiOperation({
    summary: "Dead letters, newest first: an app's own, an admin's all; unresolved ones by default",
    description: 'An item must match all filters.',
  })
  async list(
    @Query() { cursor, limit, ...query }: DeadLetterQueryDto,
    @CurrentPrincipal() { appId }: Principal,
  ): Promise<DeadLetterPageDto> {
    const position = positionOf(cursor, 2);
    const after = position && { failedAt: timeOf(position[0]!, cursor!), id: idOf(position[1]!, cursor!) };
    const filter = appId === null ? query : { ...query, appId };
    const rows = await this.deadLetters.list(filter, limit + 1, after, appId);
    return presentedPage(rows, limit, presentDeadLetter, ({ failedAt, id }) => [failedAt.toISOString(), id]);
  }

  @Get('groups')
  @PortalMay('view')
  @RequireScope('admin', 'app', 'read')
  @ApiOperation({
    summary:
      "Unresolved dead letters by endpoint and error class, the largest group first: an app's own, an admin's all",
    description: 'A dead letter counts when it matches all filters.',
  })
  async groups(
    @Query() { cursor, limit, ...query }: DeadLetterGroupQueryDto,
    @CurrentPrincipal() { appId }: Principal,
  ): Promise<DeadLetterGroupPageDto> {
    const position = positionOf(cursor, 3);
    const after = position && {
      count: countOf(position[0]!, cursor!),
      endpointId: idOf(position[1]!, cursor!),
      errorClass: position[2]!,
    };
    const filter = appId === null ? query : { ...query, appId };
    const rows = await this.deadLetters.groups(
      { ...filter, limit: limit + 1, ...(after === undefined ? {} : { after }) },
      appId,
    );
    return presentedPage(
      rows,
      limit,
      (row) => row,
      ({ count, endpointId, errorClass }) => [String(count), endpointId, errorClass ?? ''],
    );
  }

  @Get('stats')
  @RequireScope('admin', 'app')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Unresolved dead letters by category, reason, app, capability, event type and age',
    description: "An app's key counts its own, an admin's all.",
  })
  async stats(@CurrentPrincipal() { appId }: Principal): Promise<DeadLetterStatisticsDto> {
    return this.deadLetters.statistics(appId);
  }

  @Get(':id')
  @RequireScope('admin', 'app')
  @PortalMay('view')
  @ApiOperation({
    summary: 'One dead letter with its payload and every attempt',
    description: 'With the delivery, as long as retention keeps it.',
  })
  @Problems('DEAD_LETTER_NOT_FOUND')
  async get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<DeadLetterStoryDto> {
    const { deadLetter, story } = await this.deadLetters.get(id, principal.appId);
    return {
      ...presentDeadLetter(deadLetter),
      payload: Buffer.from(deadLetter.payload).toString('utf8'),
      delivery: story && presentStory(story, null),
    };
  }

  @Post('retry')
  @Audited('dead_letters.retry')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Send all that match again, or count them',
    description:
      'An empty filter means all unresolved ones, so it is required. With `dryRun` nothing changes.',
  })
  async retryAll(
    @Body() { filter, dryRun = false }: BulkRetryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BulkResultDto> {
    return { count: await this.deadLetters.retryAll(filter, principal.name, dryRun), dryRun };
  }

  @Post('resolve')
  @Audited('dead_letters.resolve')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Resolve all that match, or count them',
    description:
      'An empty filter means all unresolved ones, so it is required. With `dryRun` nothing changes.',
  })
  async resolveAll(
    @Body() { filter, dryRun = false, notes }: BulkResolveDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BulkResultDto> {
    return {
      count: await this.deadLetters.resolveAll(filter, principal.name, notes ?? null, dryRun),
      dryRun,
    };
  }

  @Post(':id/retry')
  @RequireScope('admin', 'app')
  @PortalMay('redeliver')
  @Audited('dead_letter.retry')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Send one again, under the same webhook-id',
    description:
      'The receiver sees the same `webhook-id` and recognises it. With a `payload` a new delivery is made, and the dead letter stays. `warnings` say what delays it; with `dryRun` nothing is sent.',
  })
  @Problems('DEAD_LETTER_NOT_FOUND', 'DELIVERY_NOT_FOUND', 'DELIVERY_PENDING', 'ENDPOINT_UNAVAILABLE')
  async retry(
    @Param('id') id: string,
    @Body() { dryRun = false }: RedeliverDto,
    @Req() request: RawRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<DeadLetterRetryDto> {
    const { appId, name } = principal;
    const edited = editedPayload(request, principal);
    const warnings = await this.deadLetters.retryWarnings(id, appId, edited !== undefined);
    const sentId = dryRun ? null : await this.deadLetters.retry(id, name, appId, edited);
    return { ...(await this.get(id, principal)), sentId, warnings, dryRun };
  }

  @Put(':id/note')
  @RequireScope('admin', 'app')
  @Audited('dead_letter.note')
  @ApiOperation({
    summary: 'Leave a note on one for other people',
    description: 'With who wrote it and when. A new note replaces the old one; null removes it.',
  })
  @Problems('DEAD_LETTER_NOT_FOUND')
  async note(
    @Param('id') id: string,
    @Body() { note }: NoteDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<DeadLetterDto> {
    return presentDeadLetter(await this.deadLetters.note(id, note, principal.name, principal.appId));
  }

  @Post(':id/resolve')
  @RequireScope('admin', 'app')
  @PortalMay('resolve')
  @Audited('dead_letter.resolve')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Mark one as resolved',
    description: 'Notes say what was done about it. A second resolve is 409: the first notes are kept.',
  })
  @Problems('DEAD_LETTER_NOT_FOUND', 'DEAD_LETTER_RESOLVED')
  async resolve(
    @Param('id') id: string,
    @Body() { notes }: ResolveDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<DeadLetterDto> {
    return presentDeadLetter(
      await this.deadLetters.resolve(id, principal.name, notes ?? null, principal.appId),
    );
  }

  @Delete(':id')
  @Audited('dead_letter.delete')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete one', description: 'Its delivery and attempts are kept as history.' })
  @Problems('DEAD_LETTER_NOT_FOUND')
  async remove(@Param('id') id: string): Promise<void> {
    await this.deadLetters.remove(id);
  }
}
