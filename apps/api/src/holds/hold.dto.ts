import { IsString, Length } from 'class-validator';
import { Optional } from '@breakwater/platform';

export class PauseDto {
  /** Why, for whoever sees it paused. */
  @Optional()
  @IsString()
  @Length(1, 500)
  reason?: string;
}

export class DisableDto {
  /** Why, for whoever sees it disabled. */
  @IsString()
  @Length(1, 500)
  reason: string;
}

/** A capability of an app, and whether it is called. */
export class CapabilityDto {
  /** Of its endpoint. */
  id: string;
  appId: string;
  kind: string;
  capability: string;
  async: boolean;
  /** active or disabled. */
  status: string;
  /** Why nothing goes out to it: paused or disabled, itself or with its app; null where it is called. */
  hold: string | null;
  /** Of its own pause; its app's is in the app. */
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  /** Then an app's own key may not resume it. */
  pausedByPlatform: boolean;
  disabledReason: string | null;
  /** Null where its receiver answered 410. */
  disabledBy: string | null;
}

export class CapabilityListDto {
  items: CapabilityDto[];
}
