import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { BULK_KINDS, BULK_STATUSES, ITEM_RESULTS, PER_SECOND_MAX } from '@breakwater/bulk';
import type { BulkKind, BulkStatus, ItemResult } from '@breakwater/bulk';
import { REPLAY_RESULTS, type ReplayResult } from '@breakwater/delivery';
import { EVENT_TYPE_MAX_LENGTH, TYPE_PATTERN, TYPE_PATTERNS_MAX } from '@breakwater/filter';
import { Optional } from '@breakwater/platform';
import { URL_MAX_LENGTH } from '@breakwater/webhook-client';
import { CATEGORIES, REASONS } from '../dead-letters/dead-letter.dto.js';
import { MomentInQuery, NotBefore } from '../input/query-values.js';
import { PageQueryDto } from '../paging/page.dto.js';

export class BulkFilterDto {
  /** Admin keys only; an app's key sees its own. */
  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;

  /** The id of a subscription, or its name together with `appId`. */
  @Optional()
  @IsString()
  @Length(1, 100)
  subscription?: string;

  /** Not for a replay. */
  @Optional()
  @IsString()
  @Length(1, 100)
  capability?: string;

  /** Event types and patterns such as `order.*`; the type of a call is its capability. */
  @Optional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(TYPE_PATTERNS_MAX)
  @Matches(new RegExp(TYPE_PATTERN), {
    each: true,
    message:
      'each of types must be an event type as order.created, or a pattern with * for a whole name as order.*',
  })
  @MaxLength(EVENT_TYPE_MAX_LENGTH, { each: true })
  types?: string[];

  /** Of dead letters, to redeliver or resolve: RETRYABLE, RATE_LIMIT, NON_RETRYABLE, VALIDATION. */
  @Optional()
  @IsIn(CATEGORIES)
  category?: (typeof CATEGORIES)[number];

  /** Of dead letters, to redeliver or resolve: exhausted, non_retryable, circuit_open, poison, endpoint_disabled. */
  @Optional()
  @IsIn(REASONS)
  reason?: (typeof REASONS)[number];

  /** At or after this time: ISO 8601 with a time zone. Of the event, the failure, or the acceptance. Required for a replay. */
  @Optional()
  @MomentInQuery()
  @ApiProperty({ type: 'string', format: 'date-time' })
  from?: Date;

  /** Before this time: ISO 8601 with a time zone. Required for a replay. */
  @Optional()
  @MomentInQuery()
  @NotBefore('from')
  @ApiProperty({ type: 'string', format: 'date-time' })
  to?: Date;

  /** Of a replay: all matching subscriptions (default), those whose delivery failed, or those that have none. */
  @Optional()
  @IsIn(REPLAY_RESULTS)
  result?: ReplayResult;
}

export class PlanBulkDto {
  /** What is done: replay events, redeliver or resolve unresolved dead letters, cancel waiting deliveries. */
  @IsIn(BULK_KINDS)
  kind: BulkKind;

  /** At least one member; a replay has `from` and `to`. */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => BulkFilterDto)
  filter: BulkFilterDto;

  /** Replay only: the URL that is called in place of those of the subscriptions. */
  @Optional()
  @IsString()
  @Length(1, URL_MAX_LENGTH)
  url?: string;

  /** Maximum items per second; 100 by default. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(PER_SECOND_MAX)
  perSecond?: number;

  /** Resolve only: what was done about the dead letters. */
  @Optional()
  @IsString()
  @MaxLength(2000)
  notes?: string;
}

export class ReplayEventDto {
  /** The app of a subscription that is given by its name. Admin keys only. */
  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;

  /** The id of a subscription, or its name; by default all that match the event. */
  @Optional()
  @IsString()
  @Length(1, 100)
  subscription?: string;

  /** All matching subscriptions (default), those whose delivery failed, or those that have none. */
  @Optional()
  @IsIn(REPLAY_RESULTS)
  result?: ReplayResult;

  /** The URL that is called in place of those of the subscriptions. */
  @Optional()
  @IsString()
  @Length(1, URL_MAX_LENGTH)
  url?: string;
}

export class BulkOperationQueryDto extends PageQueryDto {
  @Optional()
  @IsIn(BULK_KINDS)
  kind?: BulkKind;

  @Optional()
  @IsIn(BULK_STATUSES)
  status?: BulkStatus;
}

export class BulkItemQueryDto extends PageQueryDto {
  /** `waiting`: not done yet. */
  @Optional()
  @IsIn(ITEM_RESULTS)
  result?: ItemResult;
}

export class BulkOperationDto {
  id: string;
  /** The app whose key created it; null: an admin's. */
  appId: string | null;
  /** replay, redeliver, resolve or cancel. */
  kind: string;
  /** planning, planned, running, completed, cancelled, or refused (`error` says why). */
  status: string;
  /** As requested; a subscription by its `endpointId`, one event by its `eventId`. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  filter: Record<string, unknown>;
  url: string | null;
  notes: string | null;
  /** Maximum items per second. */
  perSecond: number;
  /** Number of items; while it is planned, as many as are found so far. */
  planned: number;
  /** Items with a result: the sum of the next three. */
  done: number;
  succeeded: number;
  /** There was nothing to do any more. */
  skipped: number;
  failed: number;
  /** Items per second since the start; null before the first result. */
  perSecondNow: number | null;
  /** Null unless it is running. */
  estimatedEnd: Date | null;
  error: string | null;
  createdBy: string;
  createdAt: Date;
  startedBy: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export class BulkOperationPageDto {
  items: BulkOperationDto[];
  nextCursor: string | null;
}

export class BulkItemDto {
  /** Items are done in the order of their numbers. */
  number: number;
  appId: string;
  endpointId: string;
  /** Of a replay its event, of a redelivery or cancellation its delivery, of a resolution its dead letter. */
  subjectId: string;
  /** succeeded, skipped or failed; null: not done yet. */
  result: string | null;
  reason: string | null;
  /** The delivery that was created or changed. */
  deliveryId: string | null;
  doneAt: Date | null;
}

export class BulkItemPageDto {
  items: BulkItemDto[];
  nextCursor: string | null;
}

/** An endpoint that an operation concerns. */
export class BulkEndpointDto {
  endpointId: string;
  appId: string;
  capability: string;
  /** Null: it is a capability. */
  subscription: string | null;
  /** Items of the operation for this endpoint. */
  items: number;
  /** closed, open or half_open: while it is open, deliveries wait. */
  breaker: string;
  /** paused or disabled: deliveries wait or are not created; removed: there is no endpoint any more. */
  hold: string | null;
}

export class BulkOperationStoryDto extends BulkOperationDto {
  /** The first five items. */
  sample: BulkItemDto[];
  /** At most 100, those with the most items first. */
  endpoints: BulkEndpointDto[];
}

export class EventReplayDto {
  operation: BulkOperationDto;
  /** Each subscription that gets the event, with its new delivery; at most 200. */
  items: BulkItemDto[];
}
