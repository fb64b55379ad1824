import { ApiProperty } from '@nestjs/swagger';
import { IsObject } from 'class-validator';
import { ROOM_ID_MAX } from '@breakwater/delegation';
import { Optional, Present } from '@breakwater/platform';

/** A call of an app's capability. */
export class InvokeDto {
  /** Any JSON, also null; the app gets exactly these bytes. */
  @Present()
  payload: unknown;

  /**
   * For fallbacks and notices, never sent to the app. `participants` is the list from which `random_winner` picks one,
   * `roomId` names the room whose organizer is notified; any other members are allowed.
   */
  @Optional()
  @IsObject()
  @ApiProperty({
    type: 'object',
    properties: {
      participants: { type: 'array', items: {} },
      roomId: { type: 'string', maxLength: ROOM_ID_MAX },
    },
    additionalProperties: true,
  })
  context?: Record<string, unknown>;
}

export class AppErrorDto {
  code: string;
  message: string;
}

/** The answer to a sync call. */
export class InvokeAnswerDto {
  /** primary or fallback. */
  source: string;
  data: unknown;
  /** The app's own refusal: `success: false`. */
  error?: AppErrorDto;
  /** Why the fallback answered. */
  reason?: string;
  /** Which fallback strategy. */
  strategy?: string;
  /** Age of a `last_success` answer, ms. */
  ageMs?: number;
  requestId: string;
  durationMs: number;
}

/** The answer to an async call: it is stored and will be delivered. */
export class AcceptedDto {
  deliveryId: string;
  status: string;
  requestId: string;
  /** Whether an earlier request with this Idempotency-Key was accepted. */
  replayed: boolean;
  /** Why a sync call was queued. */
  reason?: string;
}
