import { BreakwaterError } from '@breakwater/platform';

export class NotificationNotFoundError extends BreakwaterError {
  readonly code = 'NOTIFICATION_NOT_FOUND';

  constructor(readonly notificationId: string) {
    super('there is no such notification');
  }
}
