import { Injectable, Logger } from '@nestjs/common';
import { Config, NEVER, SecretBox } from '@breakwater/platform';
import { ResealStore, type SealedCount } from './reseal.store.js';

export interface EncryptionKeyUse extends SealedCount {
  /** `current` seals, `old` only opens; of a `missing` one only the id is known. */
  state: 'current' | 'old' | 'missing';
  /** Whether it can be removed from ENCRYPTION_KEYS: it seals no record any more. */
  removable: boolean;
}

const AT_ONCE = 100;

/** Seals all records with the current encryption key, a batch at a time. After an interruption it continues. */
@Injectable()
export class Resealer {
  private readonly log = new Logger(Resealer.name);

  constructor(
    private readonly store: ResealStore,
    private readonly secrets: SecretBox,
    private readonly config: Config,
  ) {}

  /** The number of records that each key seals now, the current key first. */
  async uses(): Promise<EncryptionKeyUse[]> {
    const counts = new Map((await this.store.count()).map((count) => [count.keyId, count]));
    const configured = this.config.encryptionKeys.map(({ id }) => id);
    const known = [...new Set([...configured, ...counts.keys()])];
    return known.map((keyId) => {
      const state = keyId === configured[0] ? 'current' : configured.includes(keyId) ? 'old' : 'missing';
      const count = counts.get(keyId) ?? { keyId, secrets: 0, headers: 0, manifests: 0, keys: 0 };
      return { ...count, state, removable: state === 'old' && !counts.has(keyId) };
    });
  }

  /**
   * Continues until the current key seals every record, except those that cannot be opened or are locked.
   * @param stop ends it between two batches
   * @returns how many records were sealed again
   */
  async run(stop: AbortSignal = NEVER): Promise<number> {
    const skip: string[] = [];
    let total = 0;
    while (!stop.aborted) {
      const { resealed, damaged } = await this.store.resealSome(
        this.secrets.currentPrefix,
        skip,
        AT_ONCE,
        (sealed, aad) => this.secrets.seal(this.secrets.open(sealed, aad), aad),
      );
      total += resealed;
      skip.push(...damaged);
      if (resealed + damaged.length === 0) break;
    }
    if (total > 0) this.log.log(`${total} secrets sealed again with the current key`);
    if (skip.length > 0)
      this.log.error({ msg: 'secrets that cannot be opened were not changed', records: skip });
    await this.forgetUnusedKeys();
    return total;
  }

  private async forgetUnusedKeys(): Promise<void> {
    const configured = this.config.encryptionKeys.map(({ id }) => id);
    const holding = (await this.store.count()).map(({ keyId }) => keyId);
    await this.store.forgetKeys(configured, holding);
  }
}
