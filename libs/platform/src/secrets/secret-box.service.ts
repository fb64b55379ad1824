import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/index.js';
import { SecretDamagedError } from './secret-damaged.error.js';

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const DERIVED_BYTES = 32;

/**
 * Seals secrets at rest with AES-256-GCM as `v1.<keyId>.<base64url of iv, tag and ciphertext>`. `aad` names the row of
 * the secret, so that a sealed value copied into another row cannot be opened.
 */
@Injectable()
export class SecretBox {
  constructor(private readonly config: Config) {}

  /** The start of records that are sealed with the current key. */
  get currentPrefix(): string {
    return `${VERSION}.${this.config.encryptionKeys[0]?.id ?? ''}.`;
  }

  /**
   * A secret for another purpose from each encryption key, the current one first. All processes with the same keys
   * derive the same, and none of them says anything about the key.
   * @returns 256 bits each, in base64url
   * @throws SecretDamagedError when no encryption key is configured
   */
  derived(purpose: string): { id: string; secret: string }[] {
    const { encryptionKeys } = this.config;
    if (encryptionKeys.length === 0) throw new SecretDamagedError('no encryption key is configured');
    return encryptionKeys.map(({ id, key }) => {
      const secret = Buffer.from(hkdfSync('sha256', key, '', purpose, DERIVED_BYTES)).toString('base64url');
      return { id, secret };
    });
  }

  /** @throws SecretDamagedError when no encryption key is configured */
  seal(plaintext: string, aad: string): string {
    const current = this.config.encryptionKeys[0];
    if (!current) throw new SecretDamagedError('no encryption key is configured');
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', current.key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(boundTo(current.id, aad));
    const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return `${VERSION}.${current.id}.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** @throws SecretDamagedError when the record is malformed, altered, from another row or of an unknown key */
  open(sealed: string, aad: string): string {
    const [version, keyId = '', body = '', ...rest] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    const isWhole = bytes.length >= IV_BYTES + TAG_BYTES && bytes.toString('base64url') === body;
    if (version !== VERSION || rest.length > 0 || !isWhole) {
      throw new SecretDamagedError('a sealed secret is malformed');
    }
    const key = this.config.encryptionKeys.find(({ id }) => id === keyId)?.key;
    if (!key)
      throw new SecretDamagedError(`a secret is sealed with key "${keyId}", which ENCRYPTION_KEYS lacks`);
    try {
      const iv = bytes.subarray(0, IV_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(boundTo(keyId, aad));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const opened = [decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
      return Buffer.concat(opened).toString('utf8');
    } catch (cause) {
      throw new SecretDamagedError(`a secret sealed with key "${keyId}" cannot be opened`, { cause });
    }
  }
}

function boundTo(keyId: string, aad: string): Buffer {
  return Buffer.from(`${VERSION}.${keyId}.${aad}`, 'utf8');
}
