import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { Optional } from '@breakwater/platform';

/** 30 days. */
const OVERLAP_MAX_MS = 2_592_000_000;

/** A public key, as RFC 8037 writes ed25519 keys. */
export class WebhookKeyDto {
  @ApiProperty({ enum: ['OKP'] })
  kty: string;

  @ApiProperty({ enum: ['Ed25519'] })
  crv: string;

  @ApiProperty({ enum: ['EdDSA'] })
  alg: string;

  @ApiProperty({ enum: ['sig'] })
  use: string;

  kid: string;
  /** The key in base64url. */
  x: string;
  /** The same key as Standard Webhooks writes it: `whpk_` and base64. */
  whpk: string;
  createdAt: Date;
  /** Until then it signs beside the newest; null: it is the newest. */
  retiresAt: Date | null;
}

export class WebhookKeysDto {
  keys: WebhookKeyDto[];
}

export class RotateKeyDto {
  /** How long the key before stays valid, ms; 24 h when left out. 0 ends all older ones at once. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(OVERLAP_MAX_MS)
  overlapMs?: number;
}
