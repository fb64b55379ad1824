import { IsString, Length } from 'class-validator';
import { Optional } from '@breakwater/platform';

export class PauseDto {
  /** Why, for anyone who sees that it is paused. */
  @Optional()
  @IsString()
  @Length(1, 500)
  reason?: string;
}

export class DisableDto {
  /** Why, for anyone who sees that it is disabled. */
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
  /** Why no call is sent to it: paused or disabled, itself or its app; null where it is called. */
  hold: string | null;
  /** When it was paused itself; the app shows a pause of the app. */
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  /** If true, an app's own key cannot resume it. */
  pausedByPlatform: boolean;
  disabledReason: string | null;
  /** Null where Breakwater itself disabled it: after a 410. */
  disabledBy: string | null;
}

export class CapabilityListDto {
  items: CapabilityDto[];
}
