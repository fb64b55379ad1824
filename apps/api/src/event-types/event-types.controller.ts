import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PortalMay, RequireScope } from '@breakwater/access';
import { EventTypes, type EventTypeView } from '@breakwater/events';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { positionOf, presentedPage } from '../paging/cursor.js';
import { PageQueryDto } from '../paging/page.dto.js';
import { EventTypeDto, EventTypePageDto, PutEventTypeDto } from './event-type.dto.js';

@ApiTags('event types')
@Controller('api/v1/event-types')
@RequireScope('admin', 'app', 'read')
export class EventTypesController {
  constructor(private readonly types: EventTypes) {}

  @Get()
  @PortalMay('view')
  @ApiOperation({
    summary: 'The catalogue of event types',
    description: 'Sorted by name, each with its description, its example and its schema.',
  })
  async list(@Query() { cursor, limit }: PageQueryDto): Promise<EventTypePageDto> {
    const [after] = positionOf(cursor, 1) ?? [];
    const rows = await this.types.list(after, limit + 1);
    return presentedPage(rows, limit, presentEventType, ({ name }) => [name]);
  }

  @Get(':type')
  @PortalMay('view')
  @ApiOperation({ summary: 'One event type', description: 'Its description, its example and its schema.' })
  @Problems('EVENT_TYPE_NOT_FOUND')
  async get(@Param('type') type: string): Promise<EventTypeDto> {
    return presentEventType(await this.types.get(type));
  }

  @Put(':type')
  @RequireScope('admin')
  @Audited('event_type.put')
  @ApiOperation({
    summary: 'Add an event type to the catalogue, or replace it',
    description:
      'The schema is checked completely, and the example with it. Events published after the answer are checked with the new schema; other processes check with it soon, and after 5 s at most.',
  })
  @Problems('EVENT_TYPE_INVALID', 'EVENT_TYPES_FULL')
  async put(
    @Param('type') name: string,
    @Body() { description, example, schema, mode = 'warn' }: PutEventTypeDto,
  ): Promise<EventTypeDto> {
    return presentEventType(
      await this.types.put({ name, description: description ?? null, example, schema, mode }),
    );
  }

  @Delete(':type')
  @RequireScope('admin')
  @Audited('event_type.delete')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete an event type from the catalogue',
    description:
      'Events and subscriptions of this type stay. With `EVENT_TYPES_STRICT` it can no longer be published.',
  })
  @Problems('EVENT_TYPE_NOT_FOUND')
  async remove(@Param('type') type: string): Promise<void> {
    await this.types.remove(type);
  }
}

function presentEventType({ name, schema, ...view }: EventTypeView): EventTypeDto {
  return { type: name, ...view, schema: schema as Record<string, unknown> | null };
}
