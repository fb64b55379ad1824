import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length, MaxLength } from 'class-validator';
import { FORCED_STATES, type ForcedState } from '@breakwater/circuit-breaker';
import { Optional } from '@breakwater/platform';
import { PageQueryDto } from '../paging/page.dto.js';

const STATES = ['closed', 'open', 'half_open'] as const;

export class BreakerQueryDto extends PageQueryDto {
  @Optional()
  @IsIn(STATES)
  state?: (typeof STATES)[number];

  @Optional()
  @IsString()
  @MaxLength(255)
  appId?: string;

  /** true: only those that a person forced; false: only the others. */
  @Optional()
  @IsIn(['true', 'false'])
  forced?: 'true' | 'false';
}

/** The state that a breaker is to have until it is automatic again, and why. */
export class ForceBreakerDto {
  @IsIn(FORCED_STATES)
  state: ForcedState;

  /** Shown to everyone who sees the breaker. */
  @IsString()
  @Length(1, 500)
  reason: string;
}

export class AutomaticBreakerDto {
  /** Shown in the history. */
  @IsString()
  @Length(1, 500)
  reason: string;
}

/** Who forced a breaker, since when and why. */
export class ForcedDto {
  since: Date;
  by: string;
  reason: string;
}

/** The single call that tests whether the app is healthy again. */
export class BreakerProbeDto {
  /** Then another process may send one. */
  until: Date;
  /** Name of the process that sends it; null for an app's own key. */
  holder: string | null;
}

export class BreakerDto {
  appId: string;
  capability: string;
  /** closed, open, half_open. */
  state: string;
  failureCount: number;
  successCount: number;
  lastFailureAt: Date | null;
  failingSince: Date | null;
  openedAt: Date | null;
  /** When the next probe may be sent; null unless it is open, and while it is forced. */
  retryAt: Date | null;
  lastReason: string | null;
  generation: number;
  /** Null for a breaker that never had a failure. */
  updatedAt: Date | null;
  /** `open` or `closed` if a person forced it: it stays so until it is made automatic. Null: it is automatic. */
  @ApiProperty({ type: String, enum: FORCED_STATES, nullable: true })
  forced: ForcedState | null;
  @ApiProperty({ type: ForcedDto, nullable: true })
  forcedDetail: ForcedDto | null;
  /** The probe that is under way; null when there is none. */
  @ApiProperty({ type: BreakerProbeDto, nullable: true })
  probe: BreakerProbeDto | null;
}

export class BreakerPageDto {
  items: BreakerDto[];
  nextCursor: string | null;
}

export class BreakerTransitionDto {
  at: Date;
  from: string;
  to: string;
  /**
   * failures, failure_rate, slow_calls, probe_due, health_check, probe_failed, probes_succeeded, reset, forced_open,
   * forced_closed, automatic.
   */
  cause: string;
  /** automatic: a rule; manual: a person; health_check: the app's health URL answered that it is well. */
  trigger: string;
  /** The person; null unless the trigger is manual. */
  actor: string | null;
  /** Why a person did it. */
  note: string | null;
  generation: number;
  failureCount: number;
  lastReason: string | null;
}

export class BreakerCountsDto {
  fires: number;
  successes: number;
  failures: number;
  bulkheadRejections: number;
}

/** The numbers that apply to a breaker: those of its manifest, otherwise those of the settings. */
export class BreakerPolicyDto {
  /** Failures in a row that open it. */
  failureThreshold: number;
  /** From opening to the first probe, ms. */
  recoveryTimeoutMs: number;
  /** Probes in a row that close it. */
  successThreshold: number;
  /** Per cent of failed calls within the window that open it; 0: not checked. */
  failureRate: number;
  /** Per cent of slow calls within the window that open it; 0: not checked. */
  slowCallRate: number;
  /** A call of this duration or longer is slow, ms. */
  slowCallMs: number;
  /** Length of the window, ms. */
  windowMs: number;
  /** With fewer calls in the window the rates are not checked. */
  minCalls: number;
}

export class BreakerStoryDto extends BreakerDto {
  /** One sentence: why it is as it is. */
  why: string;
  policy: BreakerPolicyDto;
  /** Newest first, at most 100. */
  history: BreakerTransitionDto[];
  /** Calls of this process in the last 10 s; null when it made none. */
  @ApiProperty({ type: BreakerCountsDto, nullable: true })
  recent: BreakerCountsDto | null;
}
