import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
  type RawBodyRequest,
} from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, Public, RequireScope, type Principal } from '@breakwater/access';
import {
  AppRegistry,
  AppUpdateDto,
  KnownStrategies,
  ManifestInvalidError,
  manifestJsonSchema,
  ManifestRegistry,
} from '@breakwater/manifest';
import { jsonAnswer } from '../answers/json-answer.js';
import { Audited } from '../audit/audited.js';
import { VersionNumberPipe } from '../input/version-number.pipe.js';
import { innerCursor, outerPage } from '../paging/cursor.js';
import { PageQueryDto } from '../paging/page.dto.js';
import {
  AppDeletionDto,
  AppDeletionQueryDto,
  AppDto,
  AppPageDto,
  ManifestCheckDto,
  ManifestDocumentDto,
  ManifestVersionPageDto,
  RegistrationDto,
  RotateSecretDto,
  SigningSecretDto,
} from './app.dto.js';
import { manifestSizeProblems } from './manifest-size.js';
import { presentVersion } from './present.js';

const MANIFEST_BODY = {
  schema: { type: 'object', description: 'A manifest, see /api/v1/manifest.schema.json' },
} as const;

@ApiTags('apps')
@Controller('api/v1')
@RequireScope('admin')
export class AppsController {
  constructor(
    private readonly manifests: ManifestRegistry,
    private readonly apps: AppRegistry,
    private readonly strategies: KnownStrategies,
  ) {}

  @Get('manifest.schema.json')
  @Public()
  @ApiOperation({ summary: 'JSON Schema of the manifest, for editors' })
  schema(): object {
    return manifestJsonSchema(this.strategies.names);
  }

  @Post('admin/manifests/validate')
  @HttpCode(200)
  @ApiBody(MANIFEST_BODY)
  @ApiOperation({ summary: 'Check a manifest and store nothing' })
  async validate(@Req() request: RawBodyRequest<FastifyRequest>): Promise<ManifestCheckDto> {
    const { warnings } = await this.manifests.validate(documentOf(request));
    return { valid: true, warnings };
  }

  @Put('admin/apps/:appId/manifest')
  @Audited('manifest.register')
  @ApiBody(MANIFEST_BODY)
  @ApiOperation({ summary: "Register or replace an app's manifest" })
  async register(
    @Param('appId') appId: string,
    @Req() request: RawBodyRequest<FastifyRequest>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegistrationDto> {
    const document = documentOf(request);
    return { appId, ...(await this.manifests.register(appId, document, principal.name, request.rawBody)) };
  }

  @Get('admin/apps')
  @ApiOperation({ summary: 'All apps' })
  async list(@Query() { cursor, limit }: PageQueryDto): Promise<AppPageDto> {
    return outerPage(await this.apps.list({ ...innerCursor(cursor), limit }));
  }

  @Get('admin/apps/:appId')
  @RequireScope('admin', 'app')
  @ApiOperation({ summary: 'One app' })
  async get(@Param('appId') appId: string, @CurrentPrincipal() principal: Principal): Promise<AppDto> {
    return this.apps.get(appId, principal.appId);
  }

  @Patch('admin/apps/:appId')
  @Audited('app.update')
  @ApiOperation({ summary: 'Enable or disable an app, set its timeouts' })
  async update(@Param('appId') appId: string, @Body() changes: AppUpdateDto): Promise<AppDto> {
    return this.apps.update(appId, changes);
  }

  @Delete('admin/apps/:appId')
  @Audited('app.delete')
  @ApiOperation({ summary: 'Delete an app; refused while deliveries are pending, unless forced' })
  async remove(
    @Param('appId') appId: string,
    @Query() { force }: AppDeletionQueryDto,
  ): Promise<AppDeletionDto> {
    return this.apps.delete(appId, { force });
  }

  @Get('admin/apps/:appId/manifests')
  @ApiOperation({ summary: 'Versions of a manifest, newest first' })
  async versions(
    @Param('appId') appId: string,
    @Query() { cursor, limit }: PageQueryDto,
  ): Promise<ManifestVersionPageDto> {
    return outerPage(await this.apps.versions(appId, { ...innerCursor(cursor), limit }));
  }

  @Get('admin/apps/:appId/manifests/:version')
  @ApiOperation({ summary: 'One version of a manifest' })
  @ApiOkResponse({ type: ManifestDocumentDto })
  async version(
    @Param('appId') appId: string,
    @Param('version', VersionNumberPipe) version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    return jsonAnswer(reply, presentVersion(await this.apps.version(appId, version)));
  }

  @Post('admin/apps/:appId/manifests/:version/rollback')
  @Audited('manifest.rollback')
  @HttpCode(200)
  @ApiOperation({ summary: 'Register an old version again, as the next one' })
  async rollback(
    @Param('appId') appId: string,
    @Param('version', VersionNumberPipe) version: number,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegistrationDto> {
    return { appId, ...(await this.manifests.rollback(appId, version, principal.name)) };
  }

  @Post('admin/apps/:appId/signing-secret/rotate')
  @Audited('signing_secret.rotate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make a new signing secret; the old one stays good for a while' })
  async rotate(
    @Param('appId') appId: string,
    @Body() { overlapMs }: RotateSecretDto,
  ): Promise<SigningSecretDto> {
    return this.apps.rotateSigningSecret(appId, overlapMs);
  }
}

/** @throws ManifestInvalidError when it is larger than a manifest may be */
function documentOf(request: RawBodyRequest<FastifyRequest>): unknown {
  const problems = manifestSizeProblems(request.rawBody?.length ?? 0);
  if (problems.length > 0) throw new ManifestInvalidError(problems);
  return request.body;
}
