export { EncryptionKeyMissingError, type MissingKey } from './encryption-key-missing.error.js';
export { EncryptionKeyWrongError } from './encryption-key-wrong.error.js';
export { judgeKeys, keyCheck, type KeyCheck, type KeysJudged } from './key-check.js';
export { SecretBox } from './secret-box.service.js';
export { SecretDamagedError } from './secret-damaged.error.js';
export { SecretsModule } from './secrets.module.js';
export { checkSchemaAndKeys, KeyGuard } from './key-guard.service.js';
export {
  decodeSecret,
  generateSecret,
  isValidSecret,
  secretFault,
  SECRET_BOUNDS,
  SECRET_FORM,
  SECRET_PATTERN,
} from './signing-secret.js';
