import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@breakwater/access';
import { ClientCertificates } from '@breakwater/manifest';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { ClientCertificateDto, ClientCertificateUploadDto } from './client-certificate.dto.js';

@ApiTags('apps')
@Controller('api/v1/admin/apps/:appId/client-certificate')
@RequireScope('admin')
export class ClientCertificatesController {
  constructor(private readonly certificates: ClientCertificates) {}

  @Put()
  @Audited('client_certificate.put')
  @ApiOperation({
    summary: "Give an app a client certificate for its receivers' mTLS",
    description:
      'Takes the place of the one before. It is used for calls of this app only, its health checks included. The key is sealed and never shown.',
  })
  @Problems('APP_NOT_FOUND', 'CLIENT_CERTIFICATE_INVALID')
  async put(
    @Param('appId') appId: string,
    @Body() upload: ClientCertificateUploadDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ClientCertificateDto> {
    return this.certificates.put(appId, upload, principal.name);
  }

  @Get()
  @ApiOperation({
    summary: "An app's client certificate, without its key",
    description: 'Says whose it is and until when it is valid.',
  })
  @Problems('CLIENT_CERTIFICATE_NOT_FOUND')
  async get(@Param('appId') appId: string): Promise<ClientCertificateDto> {
    return this.certificates.get(appId);
  }

  @Delete()
  @HttpCode(204)
  @Audited('client_certificate.delete')
  @ApiOperation({
    summary: "Delete an app's client certificate and its key",
    description: 'Calls go out without one from then on.',
  })
  @Problems('CLIENT_CERTIFICATE_NOT_FOUND')
  async remove(@Param('appId') appId: string): Promise<void> {
    await this.certificates.delete(appId);
  }
}
