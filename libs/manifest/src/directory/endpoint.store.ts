import { Injectable } from '@nestjs/common';
import { Config, PrismaService, SecretBox, SecretDamagedError } from '@breakwater/platform';
import { headersAad, signingSecretAad } from '../registry/endpoint-row.js';
import { resolveEndpoint, type OpenedSecrets, type ResolvedEndpoint } from './resolved-endpoint.js';

/** Reads endpoints with their secrets opened, and takes one out of use. */
@Injectable()
export class EndpointStore {
  constructor(
    private readonly prisma: PrismaService,
    private readonly secrets: SecretBox,
    private readonly config: Config,
  ) {}

  /** All endpoints of an app, removed ones too; null where there is no such app. */
  async ofApp(appId: string): Promise<ResolvedEndpoint[] | null> {
    const app = await this.prisma.app.findUnique({
      where: { id: appId },
      include: {
        endpoints: true,
        secrets: {
          where: { OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        },
      },
    });
    if (!app) return null;
    return app.endpoints.map((endpoint) =>
      resolveEndpoint(app, endpoint, this.open(endpoint, app.secrets), this.config.timeouts),
    );
  }

  async appOf(endpointId: string): Promise<string | null> {
    const row = await this.prisma.endpoint.findUnique({ where: { id: endpointId }, select: { appId: true } });
    return row?.appId ?? null;
  }

  /** @returns the app whose endpoint was disabled now; null where it was not active */
  async disable(endpointId: string, reason: string): Promise<string | null> {
    const [row] = await this.prisma.endpoint.updateManyAndReturn({
      where: { id: endpointId, status: 'active' },
      data: { status: 'disabled', disabledReason: reason, updatedAt: new Date() },
      select: { appId: true },
    });
    return row?.appId ?? null;
  }

  private open(
    endpoint: { id: string; headersSealed: string | null },
    sealedSecrets: { id: string; sealed: string }[],
  ): OpenedSecrets {
    try {
      const headers =
        endpoint.headersSealed && this.secrets.open(endpoint.headersSealed, headersAad(endpoint.id));
      const secrets = sealedSecrets.map(({ id, sealed }) => this.secrets.open(sealed, signingSecretAad(id)));
      const secretProblem = secrets.length === 0 ? 'the app has no signing secret' : null;
      return {
        headers: headers ? (JSON.parse(headers) as Record<string, string>) : {},
        secrets,
        secretProblem,
      };
    } catch (error) {
      if (!(error instanceof SecretDamagedError)) throw error;
      return { headers: {}, secrets: [], secretProblem: error.message };
    }
  }
}
