import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { jsonWebKey, type JsonWebKey } from '@breakwater/webhook-client';
import { AppUpdateInvalidError, SigningSecretsFullError } from '../registry/app.error.js';
import { overlapProblem, SECRET_OVERLAP_MS } from '../registry/secret-overlap.js';
import { LIVE_KEYS_MAX, PlatformKeysStore } from './platform-keys.store.js';

/** A public key as it is published. */
export interface PublishedKey extends JsonWebKey {
  /** The same key in the format of Standard Webhooks. */
  whpk: string;
  createdAt: Date;
  /** Until then it signs in addition to the newest; null: it is the newest. */
  retiresAt: Date | null;
}

/** The key pairs for apps that verify with a public key: the current one and those it replaced. */
@Injectable()
export class PlatformKeys implements OnApplicationBootstrap {
  private readonly log = new Logger(PlatformKeys.name);

  constructor(private readonly store: PlatformKeysStore) {}

  /** Creates the first pair at the first start; if that fails, it is created when first needed. */
  async onApplicationBootstrap(): Promise<void> {
    await this.store
      .live()
      .catch((error: Error) => this.log.warn(`the platform's key pair is not created yet: ${error.message}`));
  }

  /** Newest first. */
  async published(): Promise<PublishedKey[]> {
    return (await this.store.live()).map(({ id, publicKey, createdAt, retiresAt }) => ({
      ...jsonWebKey(id, publicKey),
      whpk: publicKey,
      createdAt,
      retiresAt,
    }));
  }

  /**
   * Creates a new pair. The previous one signs as well for `overlapMs` (0 to 30 days; default 24 h); 0 ends all older
   * pairs at once.
   * @throws AppUpdateInvalidError; SigningSecretsFullError if one more would shorten a promised overlap
   */
  async rotate(overlapMs = SECRET_OVERLAP_MS): Promise<PublishedKey[]> {
    const problem = overlapProblem(overlapMs);
    if (problem) throw new AppUpdateInvalidError([problem]);
    const rotation = await this.store.rotate(overlapMs);
    if (rotation.kind === 'full') throw new SigningSecretsFullError(LIVE_KEYS_MAX, rotation.oldestUntil);
    return this.published();
  }
}
