import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@breakwater/access';
import { Sources, type WithSecret } from '@breakwater/inbound';
import type { HoldActor } from '@breakwater/manifest';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { PauseDto } from '../holds/hold.dto.js';
import { presentSource } from './present.js';
import {
  AddSecretDto,
  CreateSourceDto,
  NewTargetDto,
  RotateKeyDto,
  SourceDto,
  SourceListDto,
  SourceWithSecretDto,
  TargetDto,
  UpdateSourceDto,
} from './source.dto.js';

@ApiTags('sources')
@ApiExtraModels(NewTargetDto)
@Controller('api/v1/apps/:appId/sources')
@RequireScope('admin', 'app')
export class SourcesController {
  constructor(private readonly sources: Sources) {}

  @Get()
  @Problems('APP_NOT_FOUND')
  @ApiOperation({ summary: "An app's sources", description: 'In the order of their names.' })
  async list(@Param('appId') appId: string): Promise<SourceListDto> {
    return { items: (await this.sources.list(appId)).map(presentSource) };
  }

  @Post()
  @Audited('source.create')
  @Problems('APP_NOT_FOUND', 'SOURCE_INVALID', 'SOURCE_EXISTS', 'SOURCES_FULL', 'SSRF_BLOCKED')
  @ApiOperation({
    summary: 'Create an address that receives requests of a provider',
    description:
      'Give `url` to the provider. Requests are verified, stored as they came, and sent to the targets. Without a secret all are refused, and kept, until one is added.',
  })
  async create(
    @Param('appId') appId: string,
    @Body() { paused = false, generateSecret = false, ...document }: CreateSourceDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SourceWithSecretDto> {
    const request = { ...document, paused, generateSecret };
    return withSecret(await this.sources.create(appId, request, actorOf(principal)));
  }

  @Get(':source')
  @Problems('SOURCE_NOT_FOUND')
  @ApiOperation({
    summary: 'One source',
    description: 'Its address, how it verifies, its targets and its state.',
  })
  async get(@Param('appId') appId: string, @Param('source') source: string): Promise<SourceDto> {
    return presentSource(await this.sources.get(appId, source));
  }

  @Patch(':source')
  @Audited('source.update')
  @Problems('SOURCE_NOT_FOUND', 'SOURCE_INVALID')
  @ApiOperation({
    summary: 'Change a source',
    description:
      'Absent members do not change. Requests that come after the answer are treated by the change.',
  })
  async update(
    @Param('appId') appId: string,
    @Param('source') source: string,
    @Body() changes: UpdateSourceDto,
  ): Promise<SourceDto> {
    return presentSource(await this.sources.update(appId, source, { ...changes }));
  }

  @Delete(':source')
  @Audited('source.delete')
  @HttpCode(204)
  @Problems('SOURCE_NOT_FOUND')
  @ApiOperation({
    summary: 'Delete a source',
    description:
      'Its address answers 404 from then on. Deliveries that wait for its targets become dead letters.',
  })
  async remove(@Param('appId') appId: string, @Param('source') source: string): Promise<void> {
    await this.sources.remove(appId, source);
  }

  @Post(':source/rotate-key')
  @Audited('source.rotate_key')
  @HttpCode(200)
  @Problems('SOURCE_NOT_FOUND', 'SOURCE_INVALID', 'SOURCE_ROTATION_FULL')
  @ApiOperation({
    summary: 'Give a source a new address',
    description: 'For `overlapMs` the old one works, too. A rotation to a sixth valid one is refused.',
  })
  async rotateKey(
    @Param('appId') appId: string,
    @Param('source') source: string,
    @Body() rotation: RotateKeyDto,
  ): Promise<SourceDto> {
    return presentSource(await this.sources.rotateKey(appId, source, rotation));
  }

  @Post(':source/secrets')
  @Audited('source.add_secret')
  @HttpCode(200)
  @Problems('SOURCE_NOT_FOUND', 'SOURCE_INVALID', 'SOURCE_ROTATION_FULL')
  @ApiOperation({
    summary: 'Add a secret to a source',
    description:
      'For `overlapMs` the old ones are accepted, too. Without `secret` one is made, and shown only once. A sixth valid one is refused.',
  })
  async addSecret(
    @Param('appId') appId: string,
    @Param('source') source: string,
    @Body() rotation: AddSecretDto,
  ): Promise<SourceWithSecretDto> {
    return withSecret(await this.sources.rotateSecret(appId, source, rotation));
  }

  @Post(':source/pause')
  @Audited('source.pause')
  @HttpCode(200)
  @Problems('SOURCE_NOT_FOUND')
  @ApiOperation({
    summary: 'Pause a source',
    description:
      'Requests are still verified, stored and answered with 202, so that the provider does not switch it off. Their events wait.',
  })
  async pause(
    @Param('appId') appId: string,
    @Param('source') source: string,
    @Body() { reason }: PauseDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SourceDto> {
    return presentSource(await this.sources.pause(appId, source, reason ?? null, actorOf(principal)));
  }

  @Post(':source/resume')
  @Audited('source.resume')
  @HttpCode(200)
  @Problems('SOURCE_NOT_FOUND', 'HELD_BY_PLATFORM')
  @ApiOperation({
    summary: 'Resume a paused source',
    description: "What waits is sent to its targets. An app's own key cannot resume what an admin paused.",
  })
  async resume(
    @Param('appId') appId: string,
    @Param('source') source: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SourceDto> {
    return presentSource(await this.sources.resume(appId, source, actorOf(principal)));
  }

  @Put(':source/targets/:target')
  @Audited('source.put_target')
  @Problems('APP_NOT_FOUND', 'SOURCE_NOT_FOUND', 'SOURCE_INVALID', 'SOURCES_FULL', 'SSRF_BLOCKED')
  @ApiOperation({
    summary: 'Create a target, or replace it',
    description:
      'It gets the requests that are accepted after the answer. Members that are left out get their defaults, `headers` too. Its pause, its secret and its history stay.',
  })
  async putTarget(
    @Param('appId') appId: string,
    @Param('source') source: string,
    @Param('target') target: string,
    @Body() document: TargetDto,
  ): Promise<SourceDto> {
    return presentSource(await this.sources.putTarget(appId, source, target, { ...document }));
  }

  @Delete(':source/targets/:target')
  @Audited('source.delete_target')
  @HttpCode(204)
  @Problems('SOURCE_NOT_FOUND', 'TARGET_NOT_FOUND')
  @ApiOperation({
    summary: 'Delete a target',
    description: 'Deliveries that wait for it become dead letters.',
  })
  async removeTarget(
    @Param('appId') appId: string,
    @Param('source') source: string,
    @Param('target') target: string,
  ): Promise<void> {
    await this.sources.removeTarget(appId, source, target);
  }
}

function withSecret({ source, secret }: WithSecret): SourceWithSecretDto {
  return { ...presentSource(source), secret };
}

/** A key with an app acts for that app; all other keys act for the platform. */
function actorOf({ name, appId }: Principal): HoldActor {
  return { name, isPlatform: appId === null };
}
