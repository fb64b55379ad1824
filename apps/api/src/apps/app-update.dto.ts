import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsIn,
  IsObject,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import { PORTAL_ORIGIN, SIGNATURES } from '@breakwater/manifest';
import { Optional } from '@breakwater/platform';

/** What an admin may change of an app; absent members do not change. */
export class AppUpdateDto {
  /** `disabled` stops every call to the app. */
  @Optional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';

  /** Why it is disabled; required with `disabled`, and allowed only with it. */
  @Optional()
  @IsString()
  @MaxLength(500)
  disabledReason?: string;

  /** Timeouts in ms by capability, overriding the manifest's: 1000 to 30000, async 60000. Replaces all of them. */
  @Optional()
  @IsObject()
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 1000, maximum: 60_000 },
  })
  webhookTimeouts?: Record<string, number>;

  /** `["v1"]`, or `["v1", "v1a"]` for signatures that also verify with the public keys of `/.well-known/webhook-keys`. */
  @Optional()
  @IsIn(SIGNATURES, { each: true })
  @ArrayUnique()
  @ArrayMinSize(1)
  signatures?: ('v1' | 'v1a')[];

  /**
   * Sites that may show its portal in a frame: https, and http only for localhost; without a path, at most 20. Replaces
   * all of them.
   */
  @Optional()
  @IsString({ each: true })
  @ArrayUnique()
  @ArrayMaxSize(20)
  @Matches(PORTAL_ORIGIN, { each: true })
  portalOrigins?: string[];
}
