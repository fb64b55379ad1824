import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import { Holds, type HoldActor } from '@breakwater/manifest';
import { AppDto } from '../apps/app.dto.js';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { CapabilityDto, CapabilityListDto, DisableDto, PauseDto } from './hold.dto.js';

@ApiTags('apps')
@Controller('api/v1/admin/apps/:appId')
@RequireScope('admin', 'app')
export class HoldsController {
  constructor(private readonly holds: Holds) {}

  @Post('pause')
  @Problems('APP_NOT_FOUND')
  @Audited('app.pause')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Pause an app',
    description:
      'Its deliveries wait and do not age, its sync calls get their fallback with reason `paused`.',
  })
  async pauseApp(
    @Param('appId') appId: string,
    @Body() { reason }: PauseDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AppDto> {
    return this.holds.pauseApp(appId, reason ?? null, actorOf(principal));
  }

  @Post('resume')
  @Problems('APP_NOT_FOUND', 'HELD_BY_PLATFORM')
  @Audited('app.resume')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Resume a paused app',
    description: "Waiting deliveries are sent. An app's own key cannot resume what an admin paused.",
  })
  async resumeApp(@Param('appId') appId: string, @CurrentPrincipal() principal: Principal): Promise<AppDto> {
    return this.holds.resumeApp(appId, actorOf(principal));
  }

  @Get('capabilities')
  @PortalMay('view')
  @Problems('APP_NOT_FOUND')
  @ApiOperation({
    summary: "An app's capabilities",
    description: 'With who paused or disabled which of them, when and why.',
  })
  async list(@Param('appId') appId: string): Promise<CapabilityListDto> {
    return { items: await this.holds.capabilities(appId) };
  }

  @Post('capabilities/:capability/pause')
  @Problems('CAPABILITY_NOT_FOUND')
  @Audited('capability.pause')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Pause a capability',
    description:
      'Its deliveries wait and do not age, its sync calls get their fallback with reason `paused`.',
  })
  async pause(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @Body() { reason }: PauseDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<CapabilityDto> {
    return this.holds.pause(appId, capability, reason ?? null, actorOf(principal));
  }

  @Post('capabilities/:capability/resume')
  @Problems('CAPABILITY_NOT_FOUND', 'HELD_BY_PLATFORM')
  @Audited('capability.resume')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Resume a paused capability',
    description: "Waiting deliveries are sent. An app's own key cannot resume what an admin paused.",
  })
  async resume(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<CapabilityDto> {
    return this.holds.resume(appId, capability, actorOf(principal));
  }

  @Post('capabilities/:capability/disable')
  @Problems('CAPABILITY_NOT_FOUND')
  @RequireScope('admin')
  @Audited('capability.disable')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Disable a capability',
    description:
      'Async calls are refused. Waiting deliveries age and become dead letters after `DELIVERY_MAX_AGE`.',
  })
  async disable(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @Body() { reason }: DisableDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<CapabilityDto> {
    return this.holds.disable(appId, capability, reason, actorOf(principal));
  }

  @Post('capabilities/:capability/enable')
  @Problems('CAPABILITY_NOT_FOUND', 'HELD_BY_PLATFORM')
  @Audited('capability.enable')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Enable a disabled capability',
    description: 'After a person or a 410 disabled it. Waiting deliveries are sent.',
  })
  async enable(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<CapabilityDto> {
    return this.holds.enable(appId, capability, actorOf(principal));
  }
}

/** A key with an app is the app's own; all others are the platform's. */
function actorOf({ name, appId }: Principal): HoldActor {
  return { name, isPlatform: appId === null };
}
