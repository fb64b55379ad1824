import { IsIn, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';

/** What an admin may change of an app; what is left out stays. */
export class AppUpdateDto {
  /** `disabled` stops every call to the app. */
  @IsOptional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';

  /** Why it is disabled; needed with, and only with, `disabled`. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  disabledReason?: string;

  /** Timeouts in ms by capability, in place of the manifest's: 1000 to 30000, async 60000. Replaces all of them. */
  @IsOptional()
  @IsObject()
  webhookTimeouts?: Record<string, number>;
}
