import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { jsonWebKey, type JsonWebKey } from '@breakwater/webhook-client';
import { AppUpdateInvalidError, SigningSecretsFullError } from '../registry/app.error.js';
import { overlapProblem, SECRET_OVERLAP_MS } from '../registry/secret-overlap.js';
import { LIVE_KEYS_MAX, PlatformKeysStore } from './platform-keys.store.js';

/** A public key as receivers get it. */
export interface PublishedKey extends JsonWebKey {
  /** The same key as Standard Webhooks writes it. */
  whpk: string;
  createdAt: Date;
  /** Until then it signs beside the newest; null: it is the newest. */
  retiresAt: Date | null;
}

/** The key pair that signs for apps that verify with a public key, and those it replaced. */
@Injectable()
export class PlatformKeys implements OnApplicationBootstrap {
  private readonly log = new Logger(PlatformKeys.name);

  constructor(private readonly store: PlatformKeysStore) {}

  /** The first pair is made at the first start; where that fails, when it is first needed. */
  async onApplicationBootstrap(): Promise<void> {
    await this.store
      .live()
      .catch((error: Error) => this.log.warn(`the platform's key pair is not made yet: ${error.message}`));
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
   * Makes a new pair. The one before it signs beside it for `overlapMs` (0 to 30 days; 24 h when left out); 0 ends all
   * older ones at once.
   * @throws AppUpdateInvalidError; SigningSecretsFullError while one more would end a promised overlap
   */
  async rotate(overlapMs = SECRET_OVERLAP_MS): Promise<PublishedKey[]> {
    const problem = overlapProblem(overlapMs);
    if (problem) throw new AppUpdateInvalidError([problem]);
    const rotation = await this.store.rotate(overlapMs);
    if (rotation.kind === 'full') throw new SigningSecretsFullError(LIVE_KEYS_MAX, rotation.oldestUntil);
    return this.published();
  }
}
