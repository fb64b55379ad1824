import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsString, Max, Min } from 'class-validator';
import { Optional, SECRET_PATTERN } from '@breakwater/platform';
import { FlagInQuery } from '../input/query-values.js';
import { ProblemEntryDto } from '../errors/problem.dto.js';

/** 30 days. */
export const OVERLAP_MAX_MS = 2_592_000_000;

/** An app, as set by its last manifest and by admins. */
export class AppDto {
  id: string;
  name: string;
  ownerEmail: string;
  baseUrl: string;
  healthPath: string;
  /** Whether its health is checked; the manifest's `health: false` switches that off. */
  health: boolean;
  /** active or disabled. */
  status: string;
  disabledReason: string | null;
  /** Since when it is paused; null where it is not. */
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  /** If true, the app's own key cannot resume it. */
  pausedByPlatform: boolean;
  /** Timeouts by capability that an admin has set, ms. */
  webhookTimeouts: Record<string, number>;
  /** What its calls are signed with: `v1`, and `v1a` where it verifies with a public key. */
  signatures: string[];
  /** Sites that may show its portal in a frame. */
  portalOrigins: string[];
  /** Version in force. */
  manifestVersion: number;
  /** Whether it belongs to the demo that `npm start` seeds. */
  demo: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export class AppPageDto {
  items: AppDto[];
  nextCursor: string | null;
}

export class RegistrationDto {
  appId: string;
  /** Version in force now. */
  version: number;
  /** Whether the app is new. */
  created: boolean;
  /** False when the manifest was already in force: then no version was created. */
  changed: boolean;
  /** Parts that were accepted but have no effect. */
  warnings: ProblemEntryDto[];
  /** Signs the app's webhooks; shown only when the app is new. */
  signingSecret?: string;
}

export class ManifestCheckDto {
  valid: boolean;
  warnings: ProblemEntryDto[];
}

export class ManifestVersionDto {
  version: number;
  /** sha256 of the canonical document. */
  digest: string;
  createdBy: string;
  createdAt: Date;
}

export class ManifestVersionPageDto {
  items: ManifestVersionDto[];
  nextCursor: string | null;
}

export class ManifestDocumentDto extends ManifestVersionDto {
  /** As it was sent, header values masked. */
  document: Record<string, unknown>;
}

export class RotateSecretDto {
  /** How long the previous secret stays valid, ms; 24 h by default. 0 ends all older ones at once. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(OVERLAP_MAX_MS)
  overlapMs?: number;

  /** A secret of your own: `whsec_` and 24 to 64 bytes in base64; by default a new one is created. */
  @Optional()
  @IsString()
  @ApiProperty({ pattern: SECRET_PATTERN })
  signingSecret?: string;
}

export class OlderSecretDto {
  createdAt: Date;
  /** Until then it signs beside the newest one. */
  validUntil: Date;
}

export class SigningSecretDto {
  /** Shown once. */
  signingSecret: string;
  /** Older secrets that sign beside it for a while; the one that expires first is the last. */
  olderSecrets: OlderSecretDto[];
}

export class AppDeletionQueryDto {
  /** Cancel pending deliveries instead of refusing to delete. */
  @Optional()
  @FlagInQuery()
  force: boolean = false;
}

export class AppDeletionDto {
  /** Pending deliveries that were cancelled. */
  cancelled: number;
}
