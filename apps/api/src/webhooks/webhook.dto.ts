import { IsString, Length } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { PageQueryDto } from '../paging/page.dto.js';

export class FailedWebhooksQueryDto extends PageQueryDto {
  /** Admin keys only; an app's key sees its own. */
  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;
}

export class FailedWebhookDto {
  /** Of the delivery, also its webhook-id. */
  id: string;
  appId: string;
  /** The event type; for a call its capability. */
  eventType: string;
  attempts: number;
  error: string | null;
  failedAt: Date;
}

export class FailedWebhooksDto {
  /** Newest first. */
  webhooks: FailedWebhookDto[];
  /** Number of webhooks in this answer. */
  count: number;
  nextCursor: string | null;
}

export class RetriedWebhooksDto {
  success: boolean;
  message: string;
  /** The deliveries that are due again. */
  deliveryIds: string[];
  count: number;
}
