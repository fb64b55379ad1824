import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, PortalMay, RequireScope, type Principal } from '@breakwater/access';
import { Subscriptions, type HoldActor } from '@breakwater/manifest';
import { RotateSecretDto, SigningSecretDto } from '../apps/app.dto.js';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { DisableDto, PauseDto } from '../holds/hold.dto.js';
import {
  CreatedSubscriptionDto,
  CreateSubscriptionDto,
  SubscriptionListDto,
  SubscriptionViewDto,
  UpdateSubscriptionDto,
} from './subscription.dto.js';

@ApiTags('subscriptions')
@Controller('api/v1/apps/:appId/subscriptions')
@RequireScope('admin', 'app')
export class SubscriptionsController {
  constructor(private readonly subscriptions: Subscriptions) {}

  @Get()
  @PortalMay('view')
  @Problems('APP_NOT_FOUND')
  @ApiOperation({
    summary: "An app's subscriptions",
    description: 'Those its manifest declares and those made by REST, in the order of their names.',
  })
  async list(@Param('appId') appId: string): Promise<SubscriptionListDto> {
    return { items: await this.subscriptions.list(appId) };
  }

  @Post()
  @PortalMay('manageSubscriptions')
  @Audited('subscription.create')
  @Problems(
    'APP_NOT_FOUND',
    'SUBSCRIPTION_INVALID',
    'SUBSCRIPTION_EXISTS',
    'SUBSCRIPTIONS_FULL',
    'SSRF_BLOCKED',
  )
  @ApiOperation({
    summary: 'Subscribe to events',
    description:
      'It gets every matching event that is published after the answer. The answer contains its own signing secret, which is not shown again.',
  })
  async create(
    @Param('appId') appId: string,
    @Body() { name, paused = false, ownSecret = true, ...document }: CreateSubscriptionDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<CreatedSubscriptionDto> {
    const request = { name, document: { ...document }, paused, ownSecret };
    const { subscription, signingSecret } = await this.subscriptions.create(
      appId,
      request,
      actorOf(principal),
    );
    return { ...subscription, signingSecret };
  }

  @Get(':name')
  @PortalMay('view')
  @Problems('SUBSCRIPTION_NOT_FOUND')
  @ApiOperation({ summary: 'One subscription', description: 'Its events, how it is called, and its state.' })
  async get(@Param('appId') appId: string, @Param('name') name: string): Promise<SubscriptionViewDto> {
    return this.subscriptions.get(appId, name);
  }

  @Patch(':name')
  @PortalMay('manageSubscriptions')
  @Audited('subscription.update')
  @Problems(
    'SUBSCRIPTION_NOT_FOUND',
    'SUBSCRIPTION_INVALID',
    'SUBSCRIPTION_DECLARED',
    'SUBSCRIPTION_OF_SOURCE',
    'SSRF_BLOCKED',
    'SECRET_DAMAGED',
  )
  @ApiOperation({
    summary: 'Change a subscription made by REST',
    description:
      'Events published after the answer are matched with the change. Absent members do not change.',
  })
  async update(
    @Param('appId') appId: string,
    @Param('name') name: string,
    @Body() changes: UpdateSubscriptionDto,
  ): Promise<SubscriptionViewDto> {
    return this.subscriptions.update(appId, name, { ...changes });
  }

  @Delete(':name')
  @PortalMay('manageSubscriptions')
  @Audited('subscription.delete')
  @HttpCode(204)
  @Problems('SUBSCRIPTION_NOT_FOUND', 'SUBSCRIPTION_DECLARED', 'SUBSCRIPTION_OF_SOURCE')
  @ApiOperation({
    summary: 'Delete a subscription made by REST',
    description: 'Deliveries that wait for it become dead letters.',
  })
  async remove(@Param('appId') appId: string, @Param('name') name: string): Promise<void> {
    await this.subscriptions.remove(appId, name);
  }

  @Post(':name/signing-secret/rotate')
  @PortalMay('rotateSecrets')
  @Audited('subscription.rotate_secret')
  @HttpCode(200)
  @Problems('SUBSCRIPTION_NOT_FOUND', 'SUBSCRIPTION_INVALID', 'SIGNING_SECRETS_FULL')
  @ApiOperation({
    summary: 'Create a new signing secret of a subscription, or bring your own',
    description:
      "For `overlapMs` each call carries a signature of both secrets. The new one is shown only once. If the subscription had no secret of its own, this is its first: the app's signs beside it for the overlap. A rotation to a sixth valid secret is refused.",
  })
  async rotateSecret(
    @Param('appId') appId: string,
    @Param('name') name: string,
    @Body() rotation: RotateSecretDto,
  ): Promise<SigningSecretDto> {
    return this.subscriptions.rotateSecret(appId, name, rotation);
  }

  @Post(':name/pause')
  @PortalMay('manageSubscriptions')
  @Audited('subscription.pause')
  @HttpCode(200)
  @Problems('SUBSCRIPTION_NOT_FOUND')
  @ApiOperation({
    summary: 'Pause a subscription',
    description: 'Its deliveries wait meanwhile, and do not age.',
  })
  async pause(
    @Param('appId') appId: string,
    @Param('name') name: string,
    @Body() { reason }: PauseDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SubscriptionViewDto> {
    return this.subscriptions.pause(appId, name, reason ?? null, actorOf(principal));
  }

  @Post(':name/resume')
  @PortalMay('manageSubscriptions')
  @Audited('subscription.resume')
  @HttpCode(200)
  @Problems('SUBSCRIPTION_NOT_FOUND', 'HELD_BY_PLATFORM')
  @ApiOperation({
    summary: 'Resume a paused subscription',
    description: "Waiting deliveries are sent. An app's own key cannot resume what an admin paused.",
  })
  async resume(
    @Param('appId') appId: string,
    @Param('name') name: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SubscriptionViewDto> {
    return this.subscriptions.resume(appId, name, actorOf(principal));
  }

  @Post(':name/disable')
  @RequireScope('admin')
  @Audited('subscription.disable')
  @HttpCode(200)
  @Problems('SUBSCRIPTION_NOT_FOUND')
  @ApiOperation({
    summary: 'Disable a subscription',
    description: 'It gets no event that is published meanwhile. Waiting deliveries age.',
  })
  async disable(
    @Param('appId') appId: string,
    @Param('name') name: string,
    @Body() { reason }: DisableDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SubscriptionViewDto> {
    return this.subscriptions.disable(appId, name, reason, actorOf(principal));
  }

  @Post(':name/enable')
  @PortalMay('manageSubscriptions')
  @Audited('subscription.enable')
  @HttpCode(200)
  @Problems('SUBSCRIPTION_NOT_FOUND', 'HELD_BY_PLATFORM')
  @ApiOperation({
    summary: 'Enable a disabled subscription',
    description: 'After a person, a 410 or days of failures disabled it. Waiting deliveries are sent.',
  })
  async enable(
    @Param('appId') appId: string,
    @Param('name') name: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SubscriptionViewDto> {
    return this.subscriptions.enable(appId, name, actorOf(principal));
  }
}

/** A key with an app acts for that app; all other keys act for the platform. */
function actorOf({ name, appId }: Principal): HoldActor {
  return { name, isPlatform: appId === null };
}
