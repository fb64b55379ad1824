import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  CurrentPrincipal,
  PortalMay,
  Public,
  RequireScope,
  sessionCookie,
  SignIn,
  usesTls,
  type Principal,
} from '@breakwater/access';
import { ClientAddresses, Config } from '@breakwater/platform';
import { Problems } from '../document/problems.js';
import { SessionDto, SignInDto } from './session.dto.js';

/** How people sign in at the dashboard, and how the dashboard and the portal learn what they may show. */
@ApiTags('session')
@Controller('api/v1/session')
export class SessionController {
  private readonly publicUrl: string;

  constructor(
    private readonly signIn: SignIn,
    private readonly addresses: ClientAddresses,
    config: Config,
  ) {
    this.publicUrl = config.api.publicBaseUrl;
  }

  @Post()
  @Public()
  @Problems('SIGN_IN_REFUSED', 'ORIGIN_REFUSED', 'RATE_LIMITED', 'DATABASE_UNAVAILABLE', 'SECRET_DAMAGED')
  @ApiOperation({
    summary: 'Sign in with an API key',
    description:
      'Sets the cookie `breakwater_session` for 12 h, or until the key expires. It replaces the key in requests of a browser; those that change something must come from a page of this installation.',
  })
  async create(
    @Body() { key }: SignInDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    const { principal, sealed, endsAt } = await this.signIn.with(key, {
      headers: request.headers,
      address: this.addresses.of(request) ?? 'unknown',
    });
    const maxAgeS = Math.ceil((endsAt.getTime() - Date.now()) / 1000);
    const secure = usesTls(request.headers, this.publicUrl);
    void reply.header('set-cookie', sessionCookie(sealed, { maxAgeS, secure }));
    void reply.header('cache-control', 'no-store');
    return this.present(principal);
  }

  @Get()
  @RequireScope('admin', 'app', 'invoke', 'read')
  @PortalMay('view')
  @ApiOperation({
    summary: 'Who the caller is, and what it may do',
    description: 'For a session, an API key and a portal link.',
  })
  get(@CurrentPrincipal() principal: Principal, @Res({ passthrough: true }) reply: FastifyReply): SessionDto {
    void reply.header('cache-control', 'no-store');
    return this.present(principal);
  }

  @Delete()
  @Public()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Sign out',
    description: 'Removes the cookie. A request without a session is answered in the same way.',
  })
  remove(@Req() { headers }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    const secure = usesTls(headers, this.publicUrl);
    void reply.header('set-cookie', sessionCookie('', { maxAgeS: 0, secure }));
  }

  private present(principal: Principal): SessionDto {
    const { kind, name, keyId, scopes, appId, capabilities, expiresAt } = principal;
    return {
      kind,
      name,
      keyId,
      scopes: [...scopes],
      appId,
      capabilities: capabilities && [...capabilities],
      expiresAt,
      publicUrl: this.publicUrl,
    };
  }
}
