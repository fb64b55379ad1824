import { IsString, MaxLength } from 'class-validator';
import { Optional } from '@breakwater/platform';

export class ListenerQueryDto {
  @Optional()
  @IsString()
  @MaxLength(255)
  appId?: string;
}

export class ListenerDto {
  id: string;
  appId: string;
  /** Whose calls it answers; empty: all of the app. */
  capabilities: string[];
  /** False: it gets events only. Of several that answer the same capability, the latest gets its calls. */
  answersCalls: boolean;
  /** Name of the key it began with. */
  startedBy: string;
  startedAt: Date;
  /** Unless it gives a sign of life before. */
  expiresAt: Date;
}

export class ListenerListDto {
  /** The latest first; at most 100. */
  items: ListenerDto[];
}
