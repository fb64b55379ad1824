import { ApiProperty } from '@nestjs/swagger';

export class EncryptionKeyDto {
  keyId: string;

  /** `current` seals, `old` opens, a `missing` one is in no process' settings though records need it. */
  @ApiProperty({ enum: ['current', 'old', 'missing'] })
  state: string;

  /** Signing secrets sealed with it. */
  secrets: number;

  /** Endpoints whose custom headers are sealed with it. */
  headers: number;

  /** Header values in stored manifests sealed with it. */
  manifests: number;

  /** Whether `ENCRYPTION_KEYS` may lose it: an old key that nothing is sealed with any more. */
  removable: boolean;
}

export class EncryptionKeysDto {
  items: EncryptionKeyDto[];
}
