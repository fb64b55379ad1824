import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import { Search } from '@breakwater/insights';
import { FindingsDto, SearchQueryDto } from './search.dto.js';

@ApiTags('search')
@Controller('api/v1/search')
@RequireScope('admin', 'app', 'read')
export class SearchController {
  constructor(private readonly search: Search) {}

  @Get()
  @PortalMay('view')
  @ApiOperation({
    summary: "Find apps, deliveries, events and more by name, id or key: an app's own, an admin's all",
    description:
      'Apps and alert rules are found by a part of their name; capabilities, subscriptions and sources by its beginning; deliveries, events and dead letters by the beginning of their id; deliveries also by idempotency key and request id. Capital letters count in keys and request ids only.',
  })
  async find(@Query() { q }: SearchQueryDto, @CurrentPrincipal() { appId }: Principal): Promise<FindingsDto> {
    return { items: await this.search.find(q, appId) };
  }
}
