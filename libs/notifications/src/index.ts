export { NotificationNotFoundError } from './admin/notification-not-found.error.js';
export {
  NotificationsAdmin,
  type NotificationFilter,
  type NotificationPage,
  type NotificationSummary,
  type NotificationView,
} from './admin/notifications-admin.service.js';
export { ApprovalNotices } from './approval-notices/approval-notices.service.js';
export { BreakerNotices } from './breaker-notices/breaker-notices.service.js';
export { durationText } from './mail/duration-text.js';
export { timeText } from './mail/time-text.js';
export { CHANNELS, type Channel, type Notice, type NoticeStep } from './notices/notice.js';
export { Notices } from './notices/notices.js';
export { NotificationsModule, NotificationsWorkerModule } from './notifications.module.js';
export { MailTransport, type OutgoingMail, type SendResult } from './outbox/mail-transport.js';
export { NotificationOutbox, type OutboxOptions } from './outbox/notification-outbox.service.js';
export { FailureNotices } from './permanent-failures/failure-notices.service.js';
export { RoomNotices, type RoomNotice } from './room-notices/room-notices.store.js';
