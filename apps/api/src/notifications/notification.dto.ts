import { IsIn, IsString, MaxLength } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { CHANNELS } from '@breakwater/notifications';
import { PageQueryDto } from '../paging/page.dto.js';

export class NotificationQueryDto extends PageQueryDto {
  @Optional()
  @IsIn(CHANNELS)
  channel?: string;

  @Optional()
  @IsString()
  @MaxLength(50)
  kind?: string;

  @Optional()
  @IsString()
  @MaxLength(255)
  appId?: string;

  @Optional()
  @IsIn(['pending', 'sent', 'failed'])
  status?: string;
}

export class NotificationDto {
  id: string;
  /** See docs/guides/notifications.md: email, in_app or a chat. */
  channel: string;
  kind: string;
  recipient: string;
  appId: string | null;
  capability: string | null;
  roomId: string | null;
  subject: string;
  /** What is sent to a chat channel or a webhook; null for other channels. */
  body: unknown;
  /** Data about its subject, for display. */
  data: unknown;
  /** pending, sent, failed. */
  status: string;
  attempts: number;
  createdAt: Date;
  sentAt: Date | null;
  nextAttemptAt: Date;
  lastError: string | null;
}

export class NotificationPageDto {
  items: NotificationDto[];
  nextCursor: string | null;
}

export class NotificationStoryDto extends NotificationDto {
  text: string;
  html: string | null;
}
