import { Injectable } from '@nestjs/common';
import { Config, Database, PrismaService, SecretBox, SecretDamagedError } from '@breakwater/platform';
import type { ClientCertificate } from '@breakwater/webhook-client';
import { ClientCertificatesStore } from '../certificates/client-certificates.store.js';
import { PlatformKeysStore } from '../platform-keys/platform-keys.store.js';
import { headersAad, signingSecretAad } from '../registry/endpoint-row.js';
import { resolveEndpoint, type OpenedSecrets, type ResolvedEndpoint } from './resolved-endpoint.js';

// Everything that `ofApp` reads, except what calls themselves change.
const FINGERPRINT = `
SELECT md5(concat(a::text,
  (SELECT string_agg((to_jsonb(e) - '{width,narrowed_at,next_start_at,age_stopped_at,age_stopped_ms}'::text[])::text, ','
    ORDER BY e.id) FROM endpoints e WHERE e.app_id = a.id),
  (SELECT string_agg(s::text, ',' ORDER BY s.id) FROM signing_secrets s
    WHERE s.app_id = a.id AND (s.expires_at IS NULL OR s.expires_at > now())),
  (SELECT string_agg(k::text, ',' ORDER BY k.id) FROM platform_keys k
    WHERE ('v1a' = ANY (a.signatures) OR EXISTS (
        SELECT 1 FROM endpoints e WHERE e.app_id = a.id AND 'v1a' = ANY (e.signatures)))
      AND (k.retires_at IS NULL OR k.retires_at > now())),
  (SELECT c::text FROM client_certificates c WHERE c.app_id = a.id),
  (SELECT string_agg(l.id::text, ',' ORDER BY l.id) FROM listeners l
    WHERE l.app_id = a.id AND l.answers_calls AND l.expires_at > now()))) AS fingerprint, now() AS at
FROM apps a WHERE a.id = $1`;

/** The state of an app's rows at a moment. */
export interface AppState {
  /** Changes with everything that {@link EndpointStore.ofApp} reads. */
  fingerprint: string;
  /** By the database's clock. */
  at: Date;
}

/** The opened secrets of an app, or the problem with one of them. */
type Opened = { secrets: string[]; clientCertificate: ClientCertificate | null } | { problem: string };

/** Reads endpoints with their secrets opened, and disables one. */
@Injectable()
export class EndpointStore {
  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaService,
    private readonly secrets: SecretBox,
    private readonly config: Config,
    private readonly platformKeys: PlatformKeysStore,
    private readonly certificates: ClientCertificatesStore,
  ) {}

  /**
   * All endpoints of an app, removed ones too; null where there is no such app.
   * @param at secrets that have not expired at this moment are used: that of the fingerprint, not of this process'
   * clock
   */
  async ofApp(appId: string, at: Date): Promise<ResolvedEndpoint[] | null> {
    const app = await this.prisma.app.findUnique({
      where: { id: appId },
      include: {
        endpoints: { include: { subscription: { select: { sourceId: true } } } },
        clientCertificate: true,
        listeners: {
          where: { answersCalls: true, expiresAt: { gt: at } },
          orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
        },
        secrets: {
          where: { OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        },
      },
    });
    if (!app) return null;
    const needsKeys = app.endpoints.some((endpoint) => signsWithKeys(app, endpoint));
    const live = needsKeys ? await this.platformKeys.live() : [];
    const keys = opening(() => live.map((key) => this.platformKeys.open(key)));
    const opened = this.openSecrets(app);
    return app.endpoints.map((endpoint) => {
      const own = opened.get(endpoint.id) ?? opened.get(OF_THE_APP) ?? NO_SECRET;
      const signing = signsWithKeys(app, endpoint) ? withKeys(own, keys) : own;
      return resolveEndpoint(app, endpoint, this.open(endpoint, signing), this.config.timeouts);
    });
  }

  /** Null where there is no such app. Cheap; reading 500 endpoints takes 50 ms. */
  async stateOf(appId: string): Promise<AppState | null> {
    const [row] = await this.database.query<AppState>({ name: 'fingerprint', text: FINGERPRINT }, [appId]);
    return row ?? null;
  }

  async appOf(endpointId: string): Promise<string | null> {
    const row = await this.prisma.endpoint.findUnique({ where: { id: endpointId }, select: { appId: true } });
    return row?.appId ?? null;
  }

  /** @returns the app whose endpoint is disabled now; null where it was not active */
  async disable(endpointId: string, reason: string): Promise<string | null> {
    const [row] = await this.prisma.endpoint.updateManyAndReturn({
      where: { id: endpointId, status: 'active' },
      data: { status: 'disabled', disabledReason: reason, updatedAt: new Date() },
      select: { appId: true },
    });
    return row?.appId ?? null;
  }

  private open(endpoint: { id: string; headersSealed: string | null }, opened: Opened): OpenedSecrets {
    if ('problem' in opened) return closed(opened.problem);
    const headers = opening(() =>
      endpoint.headersSealed === null
        ? {}
        : (JSON.parse(this.secrets.open(endpoint.headersSealed, headersAad(endpoint.id))) as Record<
            string,
            string
          >),
    );
    return 'problem' in headers
      ? closed(headers.problem)
      : { ...opened, headers: headers.value, secretProblem: null };
  }

  /** By endpoint that has secrets of its own, and the app's for all others. */
  private openSecrets({ secrets, clientCertificate }: SealedParts): Map<string, Opened> {
    const certificate = opening(() => clientCertificate && this.certificates.open(clientCertificate));
    const byOwner = Map.groupBy(secrets, ({ endpointId }) => endpointId ?? OF_THE_APP);
    return new Map([...byOwner].map(([owner, sealed]) => [owner, this.openOwn(sealed, certificate)]));
  }

  private openOwn(sealed: SealedSecret[], certificate: Opening<ClientCertificate | null>): Opened {
    if ('problem' in certificate) return certificate;
    const own = opening(() =>
      sealed.map((secret) => this.secrets.open(secret.sealed, signingSecretAad(secret.id))),
    );
    return 'problem' in own ? own : { secrets: own.value, clientCertificate: certificate.value };
  }
}

/** Whether calls of the endpoint also carry the signatures `v1a`. */
function signsWithKeys(app: { signatures: string[] }, endpoint: { signatures: string[] }): boolean {
  // PostgreSQL's NULL is an empty list here.
  const { signatures } = endpoint.signatures.length > 0 ? endpoint : app;
  return signatures.includes('v1a');
}

function withKeys(own: Opened, keys: Opening<string[]>): Opened {
  if ('problem' in own) return own;
  return 'problem' in keys ? keys : { ...own, secrets: [...own.secrets, ...keys.value] };
}

interface SealedSecret {
  id: string;
  sealed: string;
  /** Null: the app's. */
  endpointId: string | null;
}

/** In the place of an endpoint: the secrets of the app. */
const OF_THE_APP = '';
const NO_SECRET: Opened = { problem: 'the app has no signing secret' };

/** What an app has sealed beside its endpoints. */
interface SealedParts {
  secrets: SealedSecret[];
  clientCertificate: Parameters<ClientCertificatesStore['open']>[0] | null;
}

function closed(secretProblem: string): OpenedSecrets {
  return { headers: {}, secrets: [], clientCertificate: null, secretProblem };
}

type Opening<T> = { value: T } | { problem: string };

/** The opened value, or a problem where the sealed value is damaged. */
function opening<T>(open: () => T): Opening<T> {
  try {
    return { value: open() };
  } catch (error) {
    if (!(error instanceof SecretDamagedError)) throw error;
    return { problem: error.message };
  }
}
