import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsString, Length, Matches } from 'class-validator';
import { CHECK_STATES, RUN_STATES, type CheckState, type RunState } from '@breakwater/conformance';
import { EVENT_TYPE_MAX_LENGTH } from '@breakwater/filter';
import { Optional } from '@breakwater/platform';
import { TYPE, TYPE_MESSAGE } from '../events/event.dto.js';

/** What is checked. An app with one endpoint needs no name. */
export class StartConformanceRunDto {
  /** The capability whose endpoint is checked. Not together with `subscription`. */
  @Optional()
  @IsString()
  @Length(1, 100)
  capability?: string;

  /** The subscription whose endpoint is checked. Not together with `capability`. */
  @Optional()
  @IsString()
  @Length(1, 100)
  subscription?: string;

  /** What the endpoint gets: a payload that the app accepts, at most 512 KiB. By default `{"type": …, "test": true}`. */
  @Optional()
  @IsObject()
  @ApiProperty({ type: 'object', additionalProperties: true })
  payload?: Record<string, unknown>;

  /** Without a payload: the example of this event type in the catalogue is sent, or a sample with this `type`. */
  @Optional()
  @IsString()
  @Matches(TYPE, { message: TYPE_MESSAGE })
  @Length(1, EVENT_TYPE_MAX_LENGTH)
  eventType?: string;

  /** Keeps the report: neither the number of runs nor their age removes it. By default the newest 20 stay, for HISTORY_RETENTION_DAYS. */
  @Optional()
  @IsBoolean()
  keep?: boolean;
}

export class ConformanceTargetDto {
  /** capability or subscription. */
  kind: string;
  name: string;
}

/** A run without the results of its checks. */
export class ConformanceRunSummaryDto {
  id: string;
  appId: string;
  target: ConformanceTargetDto;
  /** `running`; `passed` if no check failed; `failed`; `interrupted` if its process ended or it took a minute. */
  @ApiProperty({ enum: RUN_STATES })
  state: RunState;
  /** Neither the number of runs nor their age removes it. */
  kept: boolean;
  /** Checks that passed so far. */
  passed: number;
  failed: number;
  /** Checks that could not be made, most because another one failed. */
  skipped: number;
  /** Number of checks of a whole run. */
  total: number;
  /** Name of the key, or of the person. */
  createdBy: string;
  startedAt: Date;
  /** Null while it runs. */
  endedAt: Date | null;
}

export class ConformanceResultDto {
  /** Name of the check, for example `refuses-wrong-signature`. */
  id: string;
  /** What is true when it passes. */
  title: string;
  @ApiProperty({ enum: CHECK_STATES })
  state: CheckState;
  sent: string;
  expected: string;
  /** What came back, or why the check was skipped. */
  seen: string;
  /** What goes wrong without it. */
  matters: string;
  /** What to do, in one sentence; null where there is nothing to do. */
  remedy: string | null;
  /** Number of calls that were made for it. */
  calls: number;
  durationMs: number;
}

export class ConformanceRunDto extends ConformanceRunSummaryDto {
  /** In the order of the checks; while it runs those that are over. */
  results: ConformanceResultDto[];
}

export class ConformanceRunListDto {
  /** Newest first, all that there are. */
  items: ConformanceRunSummaryDto[];
}
