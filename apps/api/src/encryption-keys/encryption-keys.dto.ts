import { ApiProperty } from '@nestjs/swagger';

export class EncryptionKeyDto {
  keyId: string;

  /** `current` seals, `old` only opens, a `missing` one is not configured in any process although records need it. */
  @ApiProperty({ enum: ['current', 'old', 'missing'] })
  state: string;

  /** Signing secrets sealed with it. */
  secrets: number;

  /** Endpoints whose custom headers are sealed with it. */
  headers: number;

  /** Header values in stored manifests sealed with it. */
  manifests: number;

  /** Private keys of the platform and of client certificates sealed with it. */
  keys: number;

  /** Whether it may be removed from `ENCRYPTION_KEYS`: an old key that seals no record any more. */
  removable: boolean;
}

export class EncryptionKeysDto {
  items: EncryptionKeyDto[];
}
