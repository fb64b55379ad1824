import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@breakwater/access';
import { ListenerStore } from '@breakwater/listeners';
import { ListenerListDto, ListenerQueryDto } from './listener.dto.js';

const LISTED = 100;

@ApiTags('apps')
@Controller('api/v1/listeners')
@RequireScope('admin', 'app', 'read')
export class ListenersController {
  constructor(private readonly listeners: ListenerStore) {}

  @Get()
  @ApiOperation({
    summary: 'Developers who listen for an app now',
    description:
      "Those that run `breakwater listen`: they get copies of the app's events, and answer its sync calls in place of its URL if `answersCalls` is true. An app's key sees those of its app, an admin's all.",
  })
  async list(
    @Query() { appId }: ListenerQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ListenerListDto> {
    if (principal.appId !== null && appId !== undefined && appId !== principal.appId) return { items: [] };
    return { items: await this.listeners.list(principal.appId ?? appId ?? null, LISTED) };
  }
}
