import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { Captures } from '@breakwater/inbound';
import { Problems } from '../document/problems.js';
import { positionOf, presentedPage } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { CapturePageDto, CaptureQueryDto, CaptureStoryDto } from './capture.dto.js';
import { presentCapture, presentCaptureStory } from './present.js';

@ApiTags('sources')
@Controller('api/v1/apps/:appId/sources/:source/captures')
@RequireScope('admin', 'app')
export class SourceCapturesController {
  constructor(private readonly captures: Captures) {}

  @Get()
  @Problems('SOURCE_NOT_FOUND')
  @ApiOperation({
    summary: 'Requests to a source, newest first',
    description: 'Also repeats, and those that were refused, with the reason.',
  })
  async list(
    @Param('appId') appId: string,
    @Param('source') source: string,
    @Query() { cursor, limit, ...filter }: CaptureQueryDto,
  ): Promise<CapturePageDto> {
    const [after] = positionOf(cursor, 1) ?? [];
    const rows = await this.captures.list(appId, source, {
      ...filter,
      limit: limit + 1,
      after: after === undefined ? undefined : idOf(after, cursor!),
    });
    return presentedPage(rows, limit, presentCapture, ({ id }) => [id]);
  }

  @Get(':id')
  @Problems('SOURCE_NOT_FOUND', 'CAPTURE_NOT_FOUND')
  @ApiOperation({
    summary: 'One request to a source, as it came',
    description: 'Headers and body byte for byte; secrets in headers and in the query are masked.',
  })
  async get(
    @Param('appId') appId: string,
    @Param('source') source: string,
    @Param('id') id: string,
  ): Promise<CaptureStoryDto> {
    return presentCaptureStory(await this.captures.get(appId, source, id));
  }
}
