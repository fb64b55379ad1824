import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import { AppSummaries, APP_SORTS, placeOf } from '@breakwater/insights';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { AppSummaryPageDto, AppSummaryQueryDto } from './app-summary.dto.js';

/** Parts of the place of an app in each order. */
const PARTS = { worst: 5, name: 2, lastSeen: 3 } satisfies Record<(typeof APP_SORTS)[number], number>;

@ApiTags('apps')
@Controller('api/v1/admin/app-summaries')
@RequireScope('admin', 'app', 'read')
export class AppSummariesController {
  constructor(private readonly apps: AppSummaries) {}

  @Get()
  @PortalMay('view')
  @ApiOperation({
    summary: 'Apps with their state, their numbers of the last 24 hours, and what waits',
    description:
      "An app's key sees its own app, an admin's all. A page continues the order as it is when it is read: an app whose numbers changed meanwhile may be missing or appear twice.",
  })
  async list(
    @Query() { cursor, limit, ...filter }: AppSummaryQueryDto,
    @CurrentPrincipal() { appId }: Principal,
  ): Promise<AppSummaryPageDto> {
    const after = positionOf(cursor, PARTS[filter.sort]);
    const rows = await this.apps.list(
      { ...filter, limit: limit + 1, ...(after === undefined ? {} : { after }) },
      appId,
    );
    return presentedPage(
      rows,
      limit,
      (row) => row,
      (row) => placeOf(row, filter.sort),
    );
  }
}
