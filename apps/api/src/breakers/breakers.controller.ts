import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@breakwater/access';
import {
  BreakerAdmin,
  CallGate,
  type BreakerStatus,
  type BreakerTransition,
} from '@breakwater/circuit-breaker';
import { Audited } from '../audit/audited.js';
import { presentedPage, positionOf } from '../paging/cursor.js';
import {
  BreakerDto,
  BreakerPageDto,
  BreakerQueryDto,
  BreakerStoryDto,
  BreakerTransitionDto,
} from './breaker.dto.js';
import { Problems } from '../document/problems.js';

@ApiTags('circuit breakers')
@Controller('api/v1/admin/circuit-breaker')
@RequireScope('admin')
export class BreakersController {
  constructor(
    private readonly breakers: BreakerAdmin,
    private readonly gate: CallGate,
  ) {}

  @Get('status')
  @RequireScope('admin', 'app', 'read')
  @ApiOperation({
    summary: "Every breaker that ever had a failure: an app's own, an admin's all",
    description: 'By app and capability. A breaker that never failed is not in the list: it is closed.',
  })
  async list(
    @Query() { cursor, limit, appId: asked, state }: BreakerQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BreakerPageDto> {
    const position = positionOf(cursor, 2);
    const after = position && { appId: position[0]!, capability: position[1]! };
    const ofApp = principal.appId ?? asked;
    const rows = await this.breakers.list(
      {
        limit: limit + 1,
        ...(state === undefined ? {} : { state }),
        ...(ofApp === undefined ? {} : { appId: ofApp }),
        ...(after ? { after } : {}),
      },
      principal.appId,
    );
    return presentedPage(rows, limit, present, (row) => [row.appId, row.capability]);
  }

  @Get(':appId/:capability')
  @RequireScope('admin', 'app', 'read')
  @ApiOperation({
    summary: 'One breaker with its history; a capability that never failed is closed',
    description: 'The last 100 changes of its state, and the calls of this process in the last 10 s.',
  })
  @Problems('BREAKER_NOT_FOUND')
  async get(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BreakerStoryDto> {
    const { breaker, history } = await this.breakers.get({ appId, capability }, principal.appId);
    return {
      ...present(breaker),
      history: history.map(presentTransition),
      recent: this.gate.counts({ appId, capability }),
    };
  }

  @Post(':appId/:capability/reset')
  @Audited('circuit_breaker.reset')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Close a breaker by hand, and set its counts to zero',
    description: 'Calls are sent at once. The next failures open it again.',
  })
  @Problems('BREAKER_NOT_FOUND')
  async reset(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BreakerStoryDto> {
    await this.breakers.reset({ appId, capability }, principal.name);
    return this.get(appId, capability, principal);
  }
}

function present(row: BreakerStatus): BreakerDto {
  const { appId, capability, state, failureCount, successCount, lastFailureAt, failingSince } = row;
  const { openedAt, retryAt, lastReason, generation, updatedAt } = row;
  return {
    appId,
    capability,
    state,
    failureCount,
    successCount,
    lastFailureAt,
    failingSince,
    openedAt,
    retryAt,
    lastReason,
    generation,
    updatedAt,
  };
}

function presentTransition(row: BreakerTransition): BreakerTransitionDto {
  const { at, fromState, toState, cause, actor, generation, failureCount, lastReason } = row;
  return { at, from: fromState, to: toState, cause, actor, generation, failureCount, lastReason };
}
