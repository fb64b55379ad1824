import { IsIn } from 'class-validator';
import { CAPTURE_RESULTS, type CaptureResult } from '@breakwater/inbound';
import { Optional } from '@breakwater/platform';
import { PeriodQueryDto } from '../paging/period.dto.js';

export class CaptureQueryDto extends PeriodQueryDto {
  /** accepted: it became an event; duplicate: it repeats one; rejected: it was not verified; handshake: a challenge. */
  @Optional()
  @IsIn(CAPTURE_RESULTS)
  result?: CaptureResult;
}

export class CaptureDto {
  id: string;
  receivedAt: Date;
  method: string;
  /** What follows the key in the path. */
  path: string;
  /** As it came, without its secrets. */
  query: string;
  remoteAddress: string | null;
  requestId: string;
  /** accepted, duplicate, rejected or handshake. */
  result: string;
  /** Of a rejected one: the step of the verification that failed. */
  reason: string | null;
  /** The same as a sentence. */
  detail: string | null;
  /** The provider's id, equal in repeats; null: none. */
  dedupeId: string | null;
  /** The event that it became, or repeats. */
  eventId: string | null;
  bodyBytes: number;
}

export class CapturePageDto {
  items: CaptureDto[];
  nextCursor: string | null;
}

export class CapturedHeaderDto {
  name: string;
  /** As it came; `***` if it holds a secret. */
  value: string;
}

export class CaptureStoryDto extends CaptureDto {
  /** In the order of the request; null: its event is no longer stored. */
  headers: CapturedHeaderDto[] | null;
  /** The bytes of the body; null: its event is no longer stored. */
  bodyBase64: string | null;
  /** The body as text; null if it is not UTF-8. */
  bodyText: string | null;
  /** Of an accepted one: the repeats, the newest first, at most 50. */
  duplicates: CaptureDto[];
}
