import { IsIn, IsString, MaxLength } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { AUDIT_OUTCOMES, type AuditOutcome } from '@breakwater/access';
import { PeriodQueryDto } from '../paging/period.dto.js';

export class AuditQueryDto extends PeriodQueryDto {
  /** Name of the key; `system` for actions of a starting process. */
  @Optional()
  @IsString()
  @MaxLength(255)
  actor?: string;

  /** For example `circuit_breaker.reset`. */
  @Optional()
  @IsString()
  @MaxLength(60)
  action?: string;

  @Optional()
  @IsString()
  @MaxLength(255)
  appId?: string;

  /** The exact target, as in the line. */
  @Optional()
  @IsString()
  @MaxLength(500)
  target?: string;

  @Optional()
  @IsIn(AUDIT_OUTCOMES)
  outcome?: AuditOutcome;
}

export class AuditEntryDto {
  id: string;
  at: Date;
  /** Name of the key; `system` for actions of a starting process. */
  actor: string;
  actorKeyId: string | null;
  /** For example `circuit_breaker.reset`. */
  action: string;
  /** What the action changed; `*` means all that the filter in `detail` matched. */
  target: string;
  appId: string | null;
  requestId: string | null;
  /** started, done, refused, failed. One that stays `started` was interrupted: check its target. */
  outcome: string;
  /** HTTP status of the answer. */
  status: number | null;
  detail: Record<string, unknown> | null;
  finishedAt: Date | null;
}

export class AuditPageDto {
  items: AuditEntryDto[];
  nextCursor: string | null;
}
