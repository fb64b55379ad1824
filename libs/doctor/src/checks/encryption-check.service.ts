import { Injectable } from '@nestjs/common';
import { Config, SecretBox } from '@breakwater/platform';
import { signingSecretAad } from '@breakwater/manifest';
import { Checkup, failed, ok, type Finding } from '../check.js';
import { InstallationStore } from '../installation.store.js';

/** The keys open what they sealed: a new text, and the newest stored secret. */
@Injectable()
export class EncryptionCheck extends Checkup {
  readonly name = 'encryption';
  readonly needsDatabase = true;
  readonly remedy =
    'Put the key that sealed it back into ENCRYPTION_KEYS; the first key seals, all of them open.';

  constructor(
    private readonly store: InstallationStore,
    private readonly box: SecretBox,
    private readonly config: Config,
  ) {
    super();
  }

  async run(): Promise<Finding> {
    const [current] = this.config.encryptionKeys;
    try {
      this.box.open(this.box.seal('doctor', 'doctor'), 'doctor');
      const stored = await this.store.sealedSecret();
      if (stored === null) return ok(`The key ${current?.id} seals and opens; no secret is stored yet.`);
      this.box.open(stored.sealed, signingSecretAad(stored.id));
      return ok(`The key ${current?.id} seals and opens, and the newest stored secret opens.`);
    } catch (error) {
      return failed(`A sealed record does not open: ${(error as Error).message}.`, this.remedy);
    }
  }
}
