import { ApiProperty } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { EVENTS } from './subscription.dto.js';

/** A draft: what is left out is as stored, null removes the filter. */
export class FilterTestDto {
  @Optional()
  @Allow()
  @ApiProperty({ required: false, ...EVENTS })
  events?: unknown;

  @Optional()
  @Allow()
  @ApiProperty({
    required: false,
    anyOf: [{ type: 'object', additionalProperties: true }, { type: 'null' }],
  })
  filter?: unknown;
}

export class SampleEventDto {
  id: string;
  type: string;
  createdAt: Date;
}

export class SampledDto {
  count: number;
  /** The newest, at most five. */
  samples: SampleEventDto[];
}

export class FilterTestReportDto {
  /** Number of events that were tested: those of the app, and those of the platform. */
  tested: number;
  /** Since when events were tested. */
  since: Date;
  /** Whether older events of the last 24 hours were not tested, because there are more than 10,000 or very large ones. */
  cut: boolean;
  /** Events that the draft takes. */
  taken: SampledDto;
  /** Those of them that the subscription does not take as it is. */
  newlyTaken: SampledDto;
  /** Events that the subscription takes as it is, and the draft does not. */
  noLongerTaken: SampledDto;
}

export class PingReportDto {
  /** `webhook-id` of the call. */
  webhookId: string;
  /** delivered, or why not: as in the attempts of a delivery. */
  outcome: string;
  /** Null if no answer came. */
  httpStatus: number | null;
  durationMs: number;
  /** What is wrong; null if a delivery would be complete. */
  error: string | null;
  /** As sent, secrets masked; null if nothing was sent. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, nullable: true })
  requestHeaders: Record<string, string> | null;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, nullable: true })
  responseHeaders: Record<string, string> | null;
  /** The first 1,024 bytes of the answer as text. */
  responseBody: string | null;
  /** Whether the answer is longer. */
  truncated: boolean;
}
