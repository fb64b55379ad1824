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
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, PortalMay, Public, RequireScope, type Principal } from '@breakwater/access';
import {
  AppRegistry,
  KnownStrategies,
  ManifestInvalidError,
  manifestJsonSchema,
  ManifestRegistry,
} from '@breakwater/manifest';
import { AppUpdateDto } from './app-update.dto.js';
import { jsonAnswer } from '../answers/json-answer.js';
import { Audited } from '../audit/audited.js';
import { VERSION_MAX, VersionNumberPipe } from '../input/version-number.pipe.js';
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
import { Problems } from '../document/problems.js';

const MANIFEST_BODY = { schema: { $ref: '#/components/schemas/Manifest' } } as const;
const VERSION_PARAMETER = {
  name: 'version',
  schema: { type: 'integer', minimum: 1, maximum: VERSION_MAX },
  description: 'Version of a manifest, from 1.',
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
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  @Public()
  @ApiOperation({
    summary: 'JSON Schema of the manifest, for editors',
    description: 'Draft 2020-12. An editor with this address completes and checks a manifest.',
  })
  schema(): object {
    return manifestJsonSchema(this.strategies.names);
  }

  @Post('admin/manifests/validate')
  @HttpCode(200)
  @ApiBody(MANIFEST_BODY)
  @ApiOperation({
    summary: 'Check a manifest and store nothing',
    description:
      'Reports every problem at once, like registering; warnings are about parts that are accepted but have no effect.',
  })
  @Problems('MANIFEST_INVALID', 'SSRF_BLOCKED')
  async validate(@Req() request: RawBodyRequest<FastifyRequest>): Promise<ManifestCheckDto> {
    const { warnings } = await this.manifests.validate(documentOf(request));
    return { valid: true, warnings };
  }

  @Put('admin/apps/:appId/manifest')
  @Audited('manifest.register')
  @ApiBody(MANIFEST_BODY)
  @ApiOperation({
    summary: "Register or replace an app's manifest",
    description:
      'Creates the app on the first call, and the next version on each later call with a change. The signing secret is shown when the app is new, and never again.',
  })
  @Problems('MANIFEST_INVALID', 'SSRF_BLOCKED')
  async register(
    @Param('appId') appId: string,
    @Req() request: RawBodyRequest<FastifyRequest>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegistrationDto> {
    const document = documentOf(request);
    return { appId, ...(await this.manifests.register(appId, document, principal.name, request.rawBody)) };
  }

  @Get('admin/apps')
  @ApiOperation({ summary: 'All apps', description: 'Ordered by id.' })
  async list(@Query() { cursor, limit }: PageQueryDto): Promise<AppPageDto> {
    return outerPage(await this.apps.list({ ...innerCursor(cursor), limit }));
  }

  @Get('admin/apps/:appId')
  @RequireScope('admin', 'app')
  @PortalMay('view')
  @ApiOperation({ summary: 'One app', description: 'As set by its manifest in force and by admins.' })
  @Problems('APP_NOT_FOUND')
  async get(@Param('appId') appId: string, @CurrentPrincipal() principal: Principal): Promise<AppDto> {
    return this.apps.get(appId, principal.appId);
  }

  @Patch('admin/apps/:appId')
  @Audited('app.update')
  @ApiOperation({
    summary: 'Enable or disable an app, set its timeouts',
    description: 'Absent members do not change. A change without effect does not change `updatedAt` either.',
  })
  @Problems('APP_NOT_FOUND', 'APP_UPDATE_INVALID')
  async update(@Param('appId') appId: string, @Body() changes: AppUpdateDto): Promise<AppDto> {
    return this.apps.update(appId, changes);
  }

  @Delete('admin/apps/:appId')
  @Audited('app.delete')
  @ApiOperation({
    summary: 'Delete an app; refused while deliveries are pending, unless forced',
    description: 'Its keys are revoked. Deliveries and attempts are kept as history.',
  })
  @Problems('APP_NOT_FOUND', 'APP_HAS_PENDING_DELIVERIES')
  async remove(
    @Param('appId') appId: string,
    @Query() { force }: AppDeletionQueryDto,
  ): Promise<AppDeletionDto> {
    return this.apps.delete(appId, { force });
  }

  @Get('admin/apps/:appId/manifests')
  @RequireScope('admin', 'app')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Versions of a manifest, newest first',
    description: 'Who created each version, and when.',
  })
  @Problems('APP_NOT_FOUND')
  async versions(
    @Param('appId') appId: string,
    @Query() { cursor, limit }: PageQueryDto,
  ): Promise<ManifestVersionPageDto> {
    return outerPage(await this.apps.versions(appId, { ...innerCursor(cursor), limit }));
  }

  @Get('admin/apps/:appId/manifests/:version')
  @RequireScope('admin', 'app')
  @PortalMay('view')
  @ApiParam(VERSION_PARAMETER)
  @ApiOperation({
    summary: 'One version of a manifest',
    description: 'The document as it was sent, with the values of custom headers masked.',
  })
  @Problems('APP_NOT_FOUND', 'MANIFEST_VERSION_NOT_FOUND')
  @ApiOkResponse({ type: ManifestDocumentDto })
  async version(
    @Param('appId') appId: string,
    @Param('version', VersionNumberPipe) version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return jsonAnswer(reply, presentVersion(await this.apps.version(appId, version)));
  }

  @Post('admin/apps/:appId/manifests/:version/rollback')
  @ApiParam(VERSION_PARAMETER)
  @Audited('manifest.rollback')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Register an old version again, as the next one',
    description: 'The old document is checked by the current rules and becomes the next version.',
  })
  @Problems(
    'APP_NOT_FOUND',
    'MANIFEST_VERSION_NOT_FOUND',
    'MANIFEST_INVALID',
    'SSRF_BLOCKED',
    'SECRET_DAMAGED',
  )
  async rollback(
    @Param('appId') appId: string,
    @Param('version', VersionNumberPipe) version: number,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegistrationDto> {
    return { appId, ...(await this.manifests.rollback(appId, version, principal.name)) };
  }

  @Post('admin/apps/:appId/signing-secret/rotate')
  @PortalMay('rotateSecrets')
  @Audited('signing_secret.rotate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Create a new signing secret, or bring your own; the old one stays valid for a while',
    description:
      'For `overlapMs` each call carries a signature of both secrets. The new one is shown only once. A rotation to a sixth valid secret is refused.',
  })
  @Problems('APP_NOT_FOUND', 'APP_UPDATE_INVALID', 'SIGNING_SECRETS_FULL')
  async rotate(@Param('appId') appId: string, @Body() rotation: RotateSecretDto): Promise<SigningSecretDto> {
    return this.apps.rotateSigningSecret(appId, rotation);
  }
}

/** @throws ManifestInvalidError when it is larger than a manifest may be */
function documentOf(request: RawBodyRequest<FastifyRequest>): unknown {
  const problems = manifestSizeProblems(request.rawBody?.length ?? 0);
  if (problems.length > 0) throw new ManifestInvalidError(problems);
  return request.body;
}
