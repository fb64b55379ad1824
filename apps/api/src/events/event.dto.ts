import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsObject,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { EVENT_TYPE_MAX_LENGTH, EVENT_TYPE_PATTERN } from '@breakwater/filter';
import { Optional, Present } from '@breakwater/platform';
import { ProblemEntryDto } from '../errors/problem.dto.js';
import { PeriodQueryDto } from '../paging/period.dto.js';

/** Events that one request may publish. */
export const BATCH_MAX = 100;

export const TYPE = new RegExp(EVENT_TYPE_PATTERN);
export const TYPE_MESSAGE =
  'type must be one event type: names of letters, digits, _ and - joined by dots, as in order.created';

/** An event to publish. */
export class PublishEventDto {
  /** Names joined by dots, for example `order.created`. */
  @IsString()
  @Matches(TYPE, { message: TYPE_MESSAGE })
  @MaxLength(EVENT_TYPE_MAX_LENGTH)
  type: string;

  /** Any JSON, also null; subscriptions get just these bytes. */
  @Present()
  payload: unknown;

  /** The app whose event it is. An app's key publishes for its app; an admin's event without it is of the platform. */
  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;

  /** Not sent; filters may look at it. */
  @Optional()
  @IsObject()
  @ApiProperty({ type: 'object', additionalProperties: true })
  metadata?: Record<string, unknown>;

  /** The same key and event within 24 h are one event. The header of a single event does the same. */
  @Optional()
  @IsString()
  @Matches(/^[\x20-\x7e]{1,255}$/, { message: 'idempotencyKey must be 1 to 255 printable ASCII characters' })
  idempotencyKey?: string;

  /** When it is fanned out, at most 30 days ahead: ISO 8601 with a time zone. It goes to the subscriptions of that time. */
  @Optional()
  @IsString()
  @ApiProperty({ format: 'date-time' })
  deliverAt?: string;
}

export class PublishBatchDto {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(BATCH_MAX)
  @ValidateNested({ each: true })
  @Type(() => PublishEventDto)
  events: PublishEventDto[];
}

/** A published event: stored for good. */
export class PublishedDto {
  eventId: string;
  /** accepted, or replayed: an earlier request with this key published it. */
  status: string;
  /** Number of subscriptions that get it; null if its deliveries are created later, because it is due later or has many. */
  deliveries: number | null;
  /** How the payload differs from the schema of its type, if that only warns. */
  warnings: ProblemEntryDto[];
}

/** What became of one event of a batch. */
export class BatchItemDto {
  /** Null if its key was used for another event. */
  eventId: string | null;
  /** accepted, replayed or conflict. */
  status: string;
  deliveries: number | null;
  /** How the payload differs from the schema of its type, if that only warns. */
  warnings: ProblemEntryDto[];
}

export class BatchAnswerDto {
  /** In the order of the request. */
  events: BatchItemDto[];
}

export class EventQueryDto extends PeriodQueryDto {
  /** Admin keys only; an app's key sees the events of its app, and those of the platform that its app got. */
  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;

  @Optional()
  @IsString()
  @Matches(TYPE, { message: TYPE_MESSAGE })
  @MaxLength(EVENT_TYPE_MAX_LENGTH)
  type?: string;

  /**
   * scheduled: due later; held: its source is paused; fanning_out: not all deliveries are made; published: all are.
   */
  @Optional()
  @IsIn(['scheduled', 'held', 'fanning_out', 'published'])
  status?: 'scheduled' | 'held' | 'fanning_out' | 'published';
}

export class EventDto {
  id: string;
  /** Null: of the platform. */
  appId: string | null;
  type: string;
  contentType: string;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  metadata: Record<string, unknown> | null;
  requestId: string;
  /** Who published it; null if unknown. */
  publishedBy: string | null;
  createdAt: Date;
  deliverAt: Date | null;
  /** scheduled, held, fanning_out or published. */
  status: string;
  /** Id of the source that captured it; null: it was published. */
  sourceId: string | null;
  /** Deliveries made so far. */
  deliveryCount: number;
}

export class EventPageDto {
  items: EventDto[];
  nextCursor: string | null;
}

export class EventDeliveryDto {
  /** Of the delivery, also its webhook-id. */
  id: string;
  appId: string;
  endpointId: string;
  /** Its name when the event was matched; null where it is not known any more. */
  subscription: string | null;
  status: string;
  attempts: number;
  waitReason: string | null;
  lastError: string | null;
  nextAttemptAt: Date | null;
  finishedAt: Date | null;
  /** The bulk operation that created it as a replay; null: it is no replay. */
  operationId: string | null;
  /** Of a replay: the first delivery of this event to the same endpoint; null: there was none. */
  replayOf: string | null;
}

/** A subscription that did not get the event. */
export class SkippedDto {
  appId: string;
  endpointId: string;
  subscription: string;
  /** type, filter or disabled. */
  reason: string;
  /** JSON pointer to the term of its filter that does not hold. */
  term: string | null;
}

/** One header of a captured request. */
export class CapturedHeaderDto {
  name: string;
  /** Latin-1 text, one character a byte; `***` where its name says that it is a secret. */
  value: string;
}

/** A captured request as it came. */
export class CapturedRequestDto {
  method: string;
  /** After the key in the address. */
  path: string;
  /** Without its question mark. */
  query: string;
  /** In the order of the request, repeats included; null for keys that may not see them. */
  headers: CapturedHeaderDto[] | null;
  /** The body in base64, if it is not UTF-8; otherwise null, and `payload` has it. */
  bodyBase64: string | null;
}

/** An event, which subscriptions got it, which did not, and why. */
export class EventStoryDto extends EventDto {
  /** Null: it was published. */
  request: CapturedRequestDto | null;
  /** As text; null for keys that may not see it. */
  payload: string | null;
  /** How the payload differs from the schema of its type, if that only warns, or if it was published by SQL. */
  warnings: ProblemEntryDto[];
  /** Deliveries by their status. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' } })
  deliveriesByStatus: Record<string, number>;
  /** At most 1,000. */
  deliveries: EventDeliveryDto[];
  /** At most 1,000, as the subscriptions were when it was matched. */
  skipped: SkippedDto[];
  skippedCount: number;
}
