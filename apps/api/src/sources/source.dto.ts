import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Allow, IsBoolean, IsInt, Max, Min } from 'class-validator';
import { Optional, Present } from '@breakwater/platform';
import { SOURCE_NAME_PATTERN, TARGETS_MAX } from '@breakwater/inbound';
import { TARGET_NAME_PATTERN } from '@breakwater/manifest';
import { OVERLAP_MAX_MS } from '../apps/app.dto.js';
import { CreateSubscriptionDto, SubscriptionViewDto } from '../subscriptions/subscription.dto.js';

const orNull = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
const part = (name: string) => ({ $ref: `#/components/schemas/Manifest${name}` });
const FREE = { type: 'object', additionalProperties: true } as const;
const DESCRIPTION = { type: 'string', minLength: 1, maxLength: 500 } as const;
const VERIFICATION = {
  ...FREE,
  description:
    '`{"preset": "github"}` with the options of the preset, `{"scheme": {…}}`, or `{"preset": "none"}`, which accepts every request.',
} as const;
const ANSWER: object = {
  type: 'object',
  additionalProperties: false,
  properties: {
    status: { type: 'integer', minimum: 200, maximum: 299 },
    contentType: { type: 'string', minLength: 3, maxLength: 100 },
    body: { type: 'string', maxLength: 10_240 },
  },
};
const DEDUPE: { anyOf: object[] } = { anyOf: [FREE, { type: 'string', enum: ['none'] }] };
const SECRET = { type: 'string', minLength: 1, maxLength: 10_000 } as const;

/** Where accepted requests are sent: the same as a subscription, without `events`. */
export class TargetDto extends OmitType(CreateSubscriptionDto, [
  'name',
  'events',
  'paused',
  'ownSecret',
  'filter',
  'retry',
  'ordered',
]) {
  /** Only requests that match it are sent; it sees the JSON of the body as `payload`, and `headers`. */
  @Optional()
  @Allow()
  @ApiPropertyOptional(FREE)
  filter?: unknown;

  /** A profile's name, or an object; `forward` when left out: 3 attempts, and none after a 4xx. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...part('Retry') })
  retry?: unknown;

  /** One delivery at a time, in the order of the requests. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, type: 'boolean' })
  ordered?: unknown;
}

export class NewTargetDto extends TargetDto {
  /** A lower-case letter, then lower-case letters, digits, _ and -; unique in its source. */
  @Present()
  @ApiProperty({ type: 'string', minLength: 1, maxLength: 49, pattern: TARGET_NAME_PATTERN })
  name: unknown;
}

export class CreateSourceDto {
  /** A lower-case letter, then lower-case letters, digits, _ and -; unique in its app. */
  @Present()
  @ApiProperty({ type: 'string', minLength: 1, maxLength: 50, pattern: SOURCE_NAME_PATTERN })
  name: unknown;

  // Its absence is explained by the rules of sources.
  @Allow()
  @ApiProperty(VERIFICATION)
  verification: unknown;

  /** What it is for. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...DESCRIPTION })
  description?: unknown;

  /** What the provider shows, to verify with: a secret or a public key. It can be added later. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...SECRET })
  secret?: unknown;

  /** For providers that let one choose the secret: one is made, and shown once in the answer. */
  @Optional()
  @IsBoolean()
  generateSecret?: boolean;

  /** What is answered when a request is stored; when left out as the preset says, or 200 with the id of the event. */
  @Optional()
  @Allow()
  @ApiPropertyOptional(ANSWER)
  answer?: unknown;

  /** Where the id stands that repeats have, too; as the preset says when left out. `none`: no two are the same. */
  @Optional()
  @Allow()
  @ApiPropertyOptional(DEDUPE)
  dedupeId?: unknown;

  /** Where accepted requests are sent. */
  @Optional()
  @Allow()
  @ApiProperty({
    required: false,
    type: 'array',
    maxItems: TARGETS_MAX,
    items: { $ref: '#/components/schemas/NewTargetDto' },
  })
  targets?: unknown;

  /** Whether it is created as paused: requests are stored, their events wait until it is resumed. */
  @Optional()
  @IsBoolean()
  paused?: boolean;
}

/** Absent members do not change; null sets the default. */
export class UpdateSourceDto {
  @Optional()
  @Allow()
  @ApiPropertyOptional(VERIFICATION)
  verification?: unknown;

  /** What it is for. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull(DESCRIPTION) })
  description?: unknown;

  /** Replaces all secrets at once. To keep the old ones for a while, add a secret instead. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...SECRET })
  secret?: unknown;

  /** What is answered when a request is stored. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull(ANSWER) })
  answer?: unknown;

  /** Where the id stands that repeats have, too. `none`: no two are the same. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull(DEDUPE) })
  dedupeId?: unknown;
}

export class RotateKeyDto {
  /** How long the previous address stays valid, ms; 24 h by default. 0 ends all older ones at once. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(OVERLAP_MAX_MS)
  overlapMs?: number;
}

export class AddSecretDto {
  /** How long the previous secret stays valid, ms; 24 h by default. 0 ends all older ones at once. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(OVERLAP_MAX_MS)
  overlapMs?: number;

  /** What the provider shows; when left out one is made, and shown once in the answer. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...SECRET })
  secret?: unknown;
}

/** A target: a subscription that its source manages. */
export class TargetViewDto extends OmitType(SubscriptionViewDto, ['appId', 'events', 'managedBy'] as const) {
  /** Name of the subscription: `source.target`. Its routes pause, disable and ping it. */
  subscription: string;
}

export class PreviousUrlDto {
  /** Null: it cannot be decrypted. */
  url: string | null;
  expiresAt: Date;
}

export class SourceSecretDto {
  id: string;
  createdAt: Date;
  /** Null: it is the newest. */
  expiresAt: Date | null;
}

export class SourceAnswerDto {
  status: number;
  contentType: string | null;
  body: string;
}

/** What to do at the provider. */
export class SourceSetupDto {
  title: string;
  /** The provider's page about its signatures. */
  docs: string;
  /** Where in the provider's pages a webhook is made. */
  where: string;
  /** What is pasted there, and what is pasted here. */
  paste: string;
  /** What the secret looks like and where it is found. */
  secretHint: string;
  note: string | null;
}

export class SourceDto {
  id: string;
  appId: string;
  name: string;
  description: string | null;
  /** The address for the provider; null: it cannot be decrypted. */
  url: string | null;
  /** Former addresses that still work. */
  previousUrls: PreviousUrlDto[];
  /** Type of its events. */
  eventType: string;
  @ApiProperty({ type: 'object', additionalProperties: true })
  verification: Record<string, unknown>;
  /** What it lacks to verify requests: `secret`, or names of options. Until then they are refused, and kept. */
  missing: string[];
  /** Those that are accepted, the newest first. They are not shown again. */
  secrets: SourceSecretDto[];
  /** Of its preset; null: it has none. */
  @ApiProperty({ type: SourceSetupDto, nullable: true })
  setup: SourceSetupDto | null;
  /** Null: as its preset says, or 200 with the id of the event. */
  @ApiProperty({ type: SourceAnswerDto, nullable: true })
  answer: SourceAnswerDto | null;
  /** Null: as its preset says. */
  @ApiProperty({ anyOf: [FREE, { type: 'string' }, { type: 'null' }] })
  dedupeId: unknown;
  /** In the order of their names. */
  targets: TargetViewDto[];
  /** Requests are stored and answered, their events wait. */
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  /** If true, an app's own key cannot resume it. */
  pausedByPlatform: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export class SourceWithSecretDto extends SourceDto {
  /** A secret that was made, shown once; null: none was made. */
  secret: string | null;
}

export class SourceListDto {
  items: SourceDto[];
}
