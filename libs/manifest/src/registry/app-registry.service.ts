import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import {
  ACCESS_CHANNEL,
  generateSecret,
  HintBus,
  pageOf,
  pageSize,
  SECRET_BOUNDS,
  SECRET_FORM,
  secretFault,
  type Page,
  type PageRequest,
  type Problem,
} from '@breakwater/platform';
import { EndpointDirectory } from '../directory/endpoint-directory.service.js';
import {
  AppHasPendingDeliveriesError,
  AppNotFoundError,
  AppUpdateInvalidError,
  EndpointNotFoundError,
  SigningSecretsFullError,
} from './app.error.js';
import {
  AppStore,
  type AppView,
  type ManifestVersionSummary,
  type ManifestVersionView,
} from './app.store.js';
import { appUpdateProblems, type AppUpdate } from './app-update.js';
import { isAppId } from '../grammar/app-id.js';
import { ManifestVersionNotFoundError } from './manifest.error.js';
import { overlapProblem, SECRET_OVERLAP_MS } from './secret-overlap.js';
import { LIVE_SECRETS_MAX, SigningSecretsStore, type OlderSecret } from './signing-secrets.store.js';
import { isVersionNumber } from './version-number.js';
import { SubscriptionInvalidError } from '../subscriptions/subscription.error.js';

/** How to replace a signing secret. */
export interface SecretRotation {
  /** 24 h by default. */
  overlapMs?: number;
  /** A secret that the app brings; a new one is created by default. */
  signingSecret?: string;
}

export interface RotatedSecret {
  signingSecret: string;
  /** Secrets that sign beside it for a while; the one that expires first is the last. */
  olderSecrets: OlderSecret[];
}

/** The registered apps. */
@Injectable()
export class AppRegistry {
  private readonly log = new Logger(AppRegistry.name);

  constructor(
    private readonly store: AppStore,
    private readonly signingSecrets: SigningSecretsStore,
    private readonly directory: EndpointDirectory,
    private readonly hints: HintBus,
  ) {}

  async list(request: PageRequest = {}): Promise<Page<AppView>> {
    const limit = pageSize(request);
    if (request.cursor !== undefined && !isAppId(request.cursor)) return { items: [], nextCursor: null };
    return pageOf(await this.store.page(request.cursor, limit + 1), limit, ({ id }) => id);
  }

  /**
   * @param as the app whose key is used; null is the platform itself
   * @throws AppNotFoundError
   */
  async get(appId: string, as: string | null = null): Promise<AppView> {
    const app = isAppId(appId) ? await this.store.get(appId, as) : null;
    if (!app) throw new AppNotFoundError(appId);
    return app;
  }

  /** The sites that may show an app's portal in a frame; none where there is no such app. */
  async portalOriginsOf(appId: string): Promise<readonly string[]> {
    return (isAppId(appId) ? await this.store.get(appId) : null)?.portalOrigins ?? [];
  }

  /** Whether an app declares, or ever declared, a capability with that name. */
  async hasCapability(appId: string, capability: string): Promise<boolean> {
    return this.store.hasCapability(appId, capability);
  }

  /**
   * A change without effect does not change `updatedAt` either. @throws AppNotFoundError; AppUpdateInvalidError with
   * every problem
   */
  async update(appId: string, update: AppUpdate): Promise<AppView> {
    const current = await this.get(appId);
    const problems = appUpdateProblems(update, await this.store.capabilities(appId));
    if (problems.length > 0) throw new AppUpdateInvalidError(problems);
    if (Object.values(update).every((change) => change === undefined)) return current;
    if (!(await this.store.update(appId, update))) throw new AppNotFoundError(appId);
    await (update.status === 'active' ? this.directory.letGo(appId) : this.directory.announce(appId));
    return this.get(appId);
  }

  /** Newest first. @throws AppNotFoundError */
  async versions(appId: string, request: PageRequest = {}): Promise<Page<ManifestVersionSummary>> {
    await this.get(appId);
    const limit = pageSize(request);
    const before = request.cursor === undefined ? undefined : Number(request.cursor);
    if (before !== undefined && !isVersionNumber(before)) return { items: [], nextCursor: null };
    return pageOf(await this.store.versions(appId, before, limit + 1), limit, ({ version }) =>
      String(version),
    );
  }

  /** One version as it was sent, header values masked. @throws AppNotFoundError, ManifestVersionNotFoundError */
  async version(appId: string, version: number): Promise<ManifestVersionView> {
    await this.get(appId);
    const found = isVersionNumber(version) ? await this.store.version(appId, version) : null;
    if (!found) throw new ManifestVersionNotFoundError(appId, version);
    return found;
  }

  /**
   * Creates a new signing secret, shown only once. The previous one stays valid for `overlapMs` more (0 to 30 days),
   * older ones for as long as promised; 0 ends them all at once.
   * @param endpointId whose own secret it becomes; null: the app's, for all endpoints that have none of their own. The
   * first own secret takes the place of the app's with the same overlap.
   * @throws AppNotFoundError; EndpointNotFoundError; AppUpdateInvalidError, or SubscriptionInvalidError for an endpoint;
   * SigningSecretsFullError when one more would end a promised overlap
   */
  async rotateSigningSecret(
    appId: string,
    request: SecretRotation = {},
    endpointId: string | null = null,
  ): Promise<RotatedSecret> {
    const { overlapMs = SECRET_OVERLAP_MS, signingSecret = generateSecret(randomBytes) } = request;
    const Invalid = endpointId === null ? AppUpdateInvalidError : SubscriptionInvalidError;
    const problem = overlapProblem(overlapMs);
    if (problem) throw new Invalid([problem]);
    const fault = secretFault(signingSecret);
    if (fault !== null) {
      const message = `signingSecret must be ${SECRET_FORM}: ${fault}`;
      throw new Invalid([secretProblem(message, SECRET_BOUNDS)]);
    }
    const rotation = isAppId(appId)
      ? await this.signingSecrets.rotate({ appId, endpointId }, signingSecret, overlapMs)
      : ({ kind: 'no_app' } as const);
    switch (rotation.kind) {
      case 'no_app':
        throw new AppNotFoundError(appId);
      case 'no_endpoint':
        throw new EndpointNotFoundError();
      case 'known':
        throw new Invalid([secretProblem('signingSecret already signs for it')]);
      case 'full':
        throw new SigningSecretsFullError(LIVE_SECRETS_MAX, rotation.oldestUntil);
      case 'rotated':
        await this.directory.announce(appId);
        return { signingSecret, olderSecrets: rotation.older };
    }
  }

  /**
   * Deletes an app; its history is kept until retention removes it.
   * @param options.force cancels pending deliveries instead of refusing
   * @throws AppNotFoundError, AppHasPendingDeliveriesError
   */
  async delete(appId: string, options: { force?: boolean } = {}): Promise<{ cancelled: number }> {
    const result = isAppId(appId) ? await this.store.delete(appId, options.force === true) : null;
    if (!result) throw new AppNotFoundError(appId);
    if (!result.deleted) throw new AppHasPendingDeliveriesError(appId, result.pending);
    await this.directory.announce(appId);
    await this.hints
      .publish(ACCESS_CHANNEL, appId)
      .catch((error: Error) =>
        this.log.warn(`hint about the keys of app ${appId} is lost: ${error.message}`),
      );
    return { cancelled: result.pending };
  }
}

/** Without the value: it is a secret. */
function secretProblem(message: string, bounds?: object): Problem {
  return { pointer: '/signingSecret', rule: 'signing_secret', message, ...(bounds && { bounds }) };
}
