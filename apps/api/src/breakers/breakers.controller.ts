import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import {
  BreakerAdmin,
  breakerPolicy,
  CallGate,
  triggerOf,
  whyOf,
  type BreakerStatus,
  type BreakerTransition,
} from '@breakwater/circuit-breaker';
import { Config } from '@breakwater/platform';
import { Audited } from '../audit/audited.js';
import { presentedPage, positionOf } from '../paging/cursor.js';
import {
  AutomaticBreakerDto,
  BreakerDto,
  BreakerPageDto,
  BreakerQueryDto,
  BreakerStoryDto,
  BreakerTransitionDto,
  ForceBreakerDto,
} from './breaker.dto.js';
import { Problems } from '../document/problems.js';

@ApiTags('circuit breakers')
@Controller('api/v1/admin/circuit-breaker')
@RequireScope('admin')
export class BreakersController {
  constructor(
    private readonly breakers: BreakerAdmin,
    private readonly gate: CallGate,
    private readonly config: Config,
  ) {}

  @Get('status')
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
  @ApiOperation({
    summary: "Every breaker that ever had a failure: an app's own, an admin's all",
    description: 'By app and capability. A breaker that never failed is not in the list: it is closed.',
  })
  async list(
    @Query() { cursor, limit, appId: asked, state, forced }: BreakerQueryDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BreakerPageDto> {
    const position = positionOf(cursor, 2);
    const after = position && { appId: position[0]!, capability: position[1]! };
    const ofApp = principal.appId ?? asked;
    const rows = await this.breakers.list(
      {
        limit: limit + 1,
        ...(state === undefined ? {} : { state }),
        ...(forced === undefined ? {} : { forced: forced === 'true' }),
        ...(ofApp === undefined ? {} : { appId: ofApp }),
        ...(after ? { after } : {}),
      },
      principal.appId,
    );
    return presentedPage(
      rows,
      limit,
      (row) => present(row, principal),
      (row) => [row.appId, row.capability],
    );
  }

  @Get(':appId/:capability')
  @RequireScope('admin', 'app', 'read')
  @PortalMay('view')
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
    const { breaker, history, ownPolicy } = await this.breakers.get({ appId, capability }, principal.appId);
    const policy = breakerPolicy(ownPolicy, this.config.circuitBreaker);
    return {
      ...present(breaker, principal),
      why: whyOf(breaker, policy, history),
      policy,
      history: history.map(presentTransition),
      recent: this.gate.counts({ appId, capability }),
    };
  }

  @Post(':appId/:capability/reset')
  @Audited('circuit_breaker.reset')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Close a breaker by hand, and set its counts to zero',
    description:
      'Calls are sent at once. The next failures open it again. One that was forced cannot be reset.',
  })
  @Problems('BREAKER_FORCED', 'BREAKER_NOT_FOUND')
  async reset(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BreakerStoryDto> {
    await this.breakers.reset({ appId, capability }, principal.name);
    return this.get(appId, capability, principal);
  }

  @Post(':appId/:capability/force')
  @Audited('circuit_breaker.force')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Force a breaker open or closed',
    description:
      'It stays so until it is made automatic, whatever calls, probes and health checks say. Open: sync calls get their fallback with reason `circuit_open`, deliveries wait and age. Closed: every call is sent, failures do not count. All processes follow at once.',
  })
  @Problems('BREAKER_NOT_FOUND')
  async force(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @Body() { state, reason }: ForceBreakerDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BreakerStoryDto> {
    const by = { actor: principal.name, reason };
    await this.breakers.order({ appId, capability }, { type: 'force', state }, by);
    return this.get(appId, capability, principal);
  }

  @Post(':appId/:capability/automatic')
  @Audited('circuit_breaker.automatic')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Make a forced breaker automatic again',
    description:
      'One that was forced open is probed by the next call; one that was forced closed is closed with its counts at zero. Nothing changes if it was not forced.',
  })
  @Problems('BREAKER_NOT_FOUND')
  async automatic(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @Body() { reason }: AutomaticBreakerDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BreakerStoryDto> {
    const by = { actor: principal.name, reason };
    await this.breakers.order({ appId, capability }, { type: 'automatic' }, by);
    return this.get(appId, capability, principal);
  }
}

function present(row: BreakerStatus, viewer: Principal): BreakerDto {
  const { appId, capability, state, failureCount, successCount, lastFailureAt, failingSince } = row;
  const { openedAt, retryAt, lastReason, generation, updatedAt } = row;
  const { forced, forcedAt, forcedBy, forcedReason, probeUntil, probeHolder } = row;
  const isOwner = viewer.appId !== null;
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
    forced,
    forcedDetail: forcedAt && { since: forcedAt, by: forcedBy ?? '', reason: forcedReason ?? '' },
    probe: probeUntil && { until: probeUntil, holder: isOwner ? null : probeHolder },
  };
}

function presentTransition(row: BreakerTransition): BreakerTransitionDto {
  const { at, fromState, toState, cause, actor, generation, failureCount, lastReason, note } = row;
  const trigger = triggerOf(row);
  return {
    at,
    from: fromState,
    to: toState,
    cause,
    trigger,
    actor,
    note,
    generation,
    failureCount,
    lastReason,
  };
}
