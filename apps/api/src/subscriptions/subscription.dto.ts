import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Allow, IsBoolean } from 'class-validator';
import { EVENT_TYPE_MAX_LENGTH, TYPE_PATTERNS_MAX } from '@breakwater/filter';
import { Optional, Present } from '@breakwater/platform';
import { URL_MAX_LENGTH } from '@breakwater/webhook-client';

const orNull = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
const part = (name: string) => ({ $ref: `#/components/schemas/Manifest${name}` });
/** Types of events and patterns. */
export const EVENTS = {
  type: 'array',
  minItems: 1,
  maxItems: TYPE_PATTERNS_MAX,
  items: { type: 'string', maxLength: EVENT_TYPE_MAX_LENGTH },
} as const;
const URL = { type: 'string', minLength: 1, maxLength: URL_MAX_LENGTH } as const;
const SIGNATURES = {
  type: 'array',
  minItems: 1,
  maxItems: 2,
  uniqueItems: true,
  items: { type: 'string', enum: ['v1', 'v1a'] },
  contains: { const: 'v1' },
} as const;
const FILTER = { type: 'object', additionalProperties: true } as const;

export class CreateSubscriptionDto {
  /** A lower-case letter, then lower-case letters, digits, _ and -; unique in its app. */
  @Present()
  @ApiProperty({ type: 'string', minLength: 1, maxLength: 100 })
  name: unknown;

  /** Absolute, or a path that is appended to the app's `baseUrl`. */
  @Present()
  @ApiProperty(URL)
  url: unknown;

  /** Types of events; `*` stands for one name, at the end for one or more: `order.*`. */
  @Present()
  @ApiProperty(EVENTS)
  events: unknown;

  /** Whether it is created as paused: its deliveries wait until it is resumed. */
  @Optional()
  @IsBoolean()
  paused?: boolean;

  /** Whether it gets its own signing secret, which is shown once; true by default. If not, the app's secret signs. */
  @Optional()
  @IsBoolean()
  ownSecret?: boolean;

  /** Only events that match it are delivered. */
  @Optional()
  @Allow()
  @ApiPropertyOptional(FILTER)
  filter?: unknown;

  /** What it is for. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, type: 'string', minLength: 1, maxLength: 500 })
  description?: unknown;

  /** A profile's name, or an object; `endpoint` when left out. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...part('Retry') })
  retry?: unknown;

  /** Most starts within any second, over all workers. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, type: 'integer', minimum: 1, maximum: 10_000 })
  rateLimitPerSecond?: unknown;

  /** Most deliveries in flight, over all workers; 10 when left out. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, type: 'integer', minimum: 1, maximum: 1000 })
  concurrency?: unknown;

  /** Headers sent with each call, kept encrypted. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...part('Headers') })
  headers?: unknown;

  /** One delivery at a time, in the order of the events. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, type: 'boolean' })
  ordered?: unknown;

  /** Total deadline of one attempt, ms. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, type: 'integer', minimum: 1000, maximum: 60_000 })
  timeout?: unknown;

  /** `["v1"]`, or `["v1", "v1a"]` to verify with a public key too; those of the app when left out. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...SIGNATURES } as object)
  signatures?: unknown;
}

/** Absent members do not change; null removes a member. */
export class UpdateSubscriptionDto {
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...URL })
  url?: unknown;

  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...EVENTS })
  events?: unknown;

  /** Only events that match it are delivered. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull(FILTER) })
  filter?: unknown;

  /** What it is for. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull({ type: 'string', minLength: 1, maxLength: 500 }) })
  description?: unknown;

  /** A profile's name, or an object; `endpoint` when left out. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull(part('Retry')) })
  retry?: unknown;

  /** Most starts within any second, over all workers. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull({ type: 'integer', minimum: 1, maximum: 10_000 }) })
  rateLimitPerSecond?: unknown;

  /** Most deliveries in flight, over all workers; 10 when left out. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull({ type: 'integer', minimum: 1, maximum: 1000 }) })
  concurrency?: unknown;

  /** Headers sent with each call, kept encrypted. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull(part('Headers')) })
  headers?: unknown;

  /** One delivery at a time, in the order of the events. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull({ type: 'boolean' }) })
  ordered?: unknown;

  /** Total deadline of one attempt, ms. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull({ type: 'integer', minimum: 1000, maximum: 60_000 }) })
  timeout?: unknown;

  /** `["v1"]`, or `["v1", "v1a"]` to verify with a public key too; those of the app when left out. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...orNull(SIGNATURES) })
  signatures?: unknown;
}

export class SubscriptionViewDto {
  /** Id of its endpoint, as in its deliveries. */
  id: string;
  appId: string;
  name: string;
  url: string;
  events: string[];
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  filter: Record<string, unknown> | null;
  description: string | null;
  /** rest; manifest: it is changed there; source: it is a target, and changed at its source. */
  managedBy: string;
  @ApiProperty({ type: 'object', additionalProperties: true })
  retry: Record<string, unknown>;
  rateLimitPerSecond: number | null;
  concurrency: number;
  ordered: boolean;
  /** Null: the setting for async calls. */
  timeoutMs: number | null;
  /** Their values are secret. */
  headerNames: string[];
  /** Why its calls cannot be made: its headers cannot be decrypted; null if they can. */
  problem: string | null;
  /** What its calls are signed with; null: as its app's. */
  signatures: string[] | null;
  /** Otherwise the app's secret signs. */
  hasOwnSecret: boolean;
  /** active or disabled. */
  status: string;
  /** Why no call is sent to it: paused or disabled, itself or its app; null where it is called. */
  hold: string | null;
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  /** If true, an app's own key cannot resume it. */
  pausedByPlatform: boolean;
  disabledReason: string | null;
  /** Null where Breakwater itself disabled it: after a 410, or after days of failures only. */
  disabledBy: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export class CreatedSubscriptionDto extends SubscriptionViewDto {
  /** Its own, shown once; null where the app's signs. */
  signingSecret: string | null;
}

export class SubscriptionListDto {
  items: SubscriptionViewDto[];
}
