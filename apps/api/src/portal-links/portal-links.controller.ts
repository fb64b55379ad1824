import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalLinks, RequireScope, type Principal } from '@breakwater/access';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { innerCursor, outerPage } from '../paging/cursor.js';
import { PageQueryDto } from '../paging/page.dto.js';
import { CreatePortalLinkDto, NewPortalLinkDto, PortalLinkPageDto } from './portal-link.dto.js';

@ApiTags('portal links')
@Controller('api/v1/admin/apps/:appId/portal-links')
@RequireScope('admin')
export class PortalLinksController {
  constructor(private readonly links: PortalLinks) {}

  @Post()
  @Audited('portal_link.create')
  @Problems('APP_NOT_FOUND')
  @ApiOperation({
    summary: "Create a link to the app's portal; it is shown once",
    description:
      'Who has the link sees this app and nothing else, and may do what its capabilities say. The token is stored as a hash.',
  })
  async create(
    @Param('appId') appId: string,
    @Body() { capabilities, expiresIn, note }: CreatePortalLinkDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<NewPortalLinkDto> {
    return this.links.create(appId, { capabilities, expiresIn, note }, principal.name);
  }

  @Get()
  @Problems('APP_NOT_FOUND')
  @ApiOperation({
    summary: "The app's portal links, without their tokens",
    description: 'Including revoked and expired ones, newest first.',
  })
  async list(
    @Param('appId') appId: string,
    @Query() { cursor, limit }: PageQueryDto,
  ): Promise<PortalLinkPageDto> {
    return outerPage(await this.links.list(appId, { ...innerCursor(cursor), limit }));
  }

  @Delete(':id')
  @Audited('portal_link.revoke')
  @HttpCode(204)
  @Problems('PORTAL_LINK_NOT_FOUND')
  @ApiOperation({
    summary: 'Revoke a portal link; effective everywhere within 5 s',
    description: 'Open connections of the live feed end, too.',
  })
  async revoke(@Param('appId') appId: string, @Param('id') id: string): Promise<void> {
    await this.links.revoke(appId, id);
  }
}
