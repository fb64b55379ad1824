import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { SEARCH_KINDS } from '@breakwater/insights';

export class SearchQueryDto {
  /** A name, the beginning of an id (8 digits or more), an idempotency key, or a request id. */
  @IsString()
  @Length(1, 255)
  q: string;
}

export class FindingDto {
  @ApiProperty({ enum: SEARCH_KINDS })
  kind: string;
  /** Of an app, a delivery, an event, a dead letter or an alert rule; of the others the name within the app. */
  id: string;
  /** Null: it belongs to no app. */
  appId: string | null;
  /** What to show: a name, or the type of an event. */
  title: string;
  /** Its status, reason, type or description; null: there is none. */
  detail: string | null;
}

export class FindingsDto {
  /** At most five of each kind. */
  items: FindingDto[];
}
