import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  type RawBodyRequest,
} from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  CurrentPrincipal,
  ForeignAppError,
  PortalMay,
  RequireScope,
  type Principal,
} from '@breakwater/access';
import { IdempotencyConflictError } from '@breakwater/delivery';
import { EventStories, PublishEvents, type EventRequest } from '@breakwater/events';
import { JSON_NULL, sliceItems, sliceMember, sliceMembers } from '@breakwater/json';
import { pointerTo, type Problem } from '@breakwater/platform';
import { Problems } from '../document/problems.js';
import { InputInvalidError } from '../errors/input-invalid.error.js';
import { IDEMPOTENCY_KEY_SCHEMA, idempotencyKeyOf } from '../input/idempotency-key.js';
import { positionOf, presentedPage } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { deliverAtOf } from './deliver-at.js';
import {
  BatchAnswerDto,
  EventPageDto,
  EventQueryDto,
  EventStoryDto,
  PublishBatchDto,
  PublishedDto,
  PublishEventDto,
} from './event.dto.js';
import { presentEvent, presentEventStory, presentReport } from './present.js';

@ApiTags('events')
@Controller('api/v1/events')
@RequireScope('admin', 'app')
export class EventsController {
  constructor(
    private readonly events: PublishEvents,
    private readonly stories: EventStories,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Publish an event',
    description:
      'Answers once the event and a delivery for each matching subscription are stored, in one commit. With `deliverAt` or more than 1,000 subscriptions a worker creates the deliveries, and `deliveries` is null.',
  })
  @ApiHeader({
    name: 'idempotency-key',
    required: false,
    description: 'The same key and event within 24 h are one event; in place of `idempotencyKey`',
    schema: IDEMPOTENCY_KEY_SCHEMA,
  })
  @Problems(
    'APP_NOT_FOUND',
    'EVENT_REFUSED',
    'EVENT_TYPE_RESERVED',
    'IDEMPOTENCY_KEY_INVALID',
    'IDEMPOTENCY_CONFLICT',
  )
  async publish(
    @Body() event: PublishEventDto,
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentPrincipal() principal: Principal,
    @Headers('idempotency-key') key?: string,
  ): Promise<PublishedDto> {
    const body = sliceMember(request.rawBody!, 'payload') ?? JSON_NULL;
    const idempotencyKey = idempotencyKeyOf(key) ?? event.idempotencyKey;
    const [report] = await this.publishAll([{ event: { ...event, idempotencyKey }, body }], {
      request,
      principal,
      path: [],
    });
    if (report!.kind === 'conflict') throw new IdempotencyConflictError(report!.key);
    void reply.header('location', `/api/v1/events/${report!.eventId}`);
    const { eventId, ...answer } = presentReport(report!);
    return { eventId: eventId!, ...answer };
  }

  @Post('batch')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Publish up to 100 events',
    description:
      'All are stored in one commit; each has its own result. A problem names the index of its event, and nothing is stored.',
  })
  @Problems('APP_NOT_FOUND', 'EVENT_REFUSED', 'EVENT_TYPE_RESERVED')
  async publishBatch(
    @Body() { events }: PublishBatchDto,
    @Req() request: RawBodyRequest<FastifyRequest>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BatchAnswerDto> {
    const items = sliceItems(sliceMember(request.rawBody!, 'events')!);
    const given = events.map((event, index) => ({
      event,
      body: sliceMembers(items[index]!).get('payload') ?? JSON_NULL,
    }));
    const reports = await this.publishAll(given, { request, principal, path: ['events'] });
    return { events: reports.map(presentReport) };
  }

  @Get()
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Events, newest first',
    description:
      "An app's key sees the events of its app, and those of the platform that its app got; an admin's key sees all.",
  })
  async list(@Query() query: EventQueryDto, @CurrentPrincipal() principal: Principal): Promise<EventPageDto> {
    const { cursor, limit, appId = null, ...filter } = query;
    const [after] = positionOf(cursor, 1) ?? [];
    const rows = await this.stories.list(
      {
        ...filter,
        appId,
        limit: limit + 1,
        ...(after === undefined ? {} : { after: idOf(after, cursor!) }),
      },
      principal.appId,
    );
    return presentedPage(rows, limit, presentEvent, ({ id }) => [id]);
  }

  @Get(':id')
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
  @ApiOperation({
    summary: 'One event: which subscriptions got it, which did not, and why',
    description:
      'Skipped subscriptions are listed as they were when the event was matched, each with a reason: type, filter (and which term) or disabled. A paused subscription has a delivery that waits.',
  })
  @Problems('EVENT_NOT_FOUND')
  async get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<EventStoryDto> {
    const { appId, scopes } = principal;
    const maySeePayload = scopes.includes('admin') || scopes.includes('app');
    return presentEventStory(await this.stories.get(id, appId), maySeePayload);
  }

  private async publishAll(
    given: { event: PublishEventDto; body: Buffer }[],
    by: { request: FastifyRequest; principal: Principal; path: string[] },
  ) {
    const problems: Problem[] = [];
    const requests = given.map(({ event, body }, index): EventRequest => {
      const at = by.path.length > 0 ? [...by.path, index] : [];
      const due = deliverAtOf(event.deliverAt, Date.now(), pointerTo(...at, 'deliverAt'));
      if ('problem' in due) problems.push(due.problem);
      return {
        appId: appOf(event, by.principal),
        type: event.type,
        body,
        metadata: event.metadata ?? null,
        requestId: by.request.id,
        publishedBy: by.principal.name,
        deliverAt: 'at' in due ? due.at : null,
        idempotencyKey: event.idempotencyKey ?? null,
        pointer: pointerTo(...at),
      };
    });
    if (problems.length > 0) throw new InputInvalidError(problems);
    return this.events.publish(requests);
  }
}

/** An app's key publishes for its own app only. */
function appOf({ appId }: PublishEventDto, principal: Principal): string | null {
  if (principal.appId !== null && appId !== undefined && appId !== principal.appId)
    throw new ForeignAppError();
  return principal.appId ?? appId ?? null;
}
