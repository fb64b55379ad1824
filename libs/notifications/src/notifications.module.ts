import { Module } from '@nestjs/common';
import { Config } from '@breakwater/platform';
import { NotificationsAdmin } from './admin/notifications-admin.service.js';
import { NotificationsAdminStore } from './admin/notifications-admin.store.js';
import { ApprovalNotices } from './approval-notices/approval-notices.service.js';
import { ApprovalNoticesStore } from './approval-notices/approval-notices.store.js';
import { BreakerNotices } from './breaker-notices/breaker-notices.service.js';
import { BreakerNoticesStore } from './breaker-notices/breaker-notices.store.js';
import { Notices } from './notices/notices.js';
import { NoticesStore } from './notices/notices.store.js';
import { OutboxNotices } from './notices/outbox-notices.service.js';
import { HttpChatTransport } from './outbox/http-chat-transport.service.js';
import { MailTransport } from './outbox/mail-transport.js';
import { NotificationOutbox } from './outbox/notification-outbox.service.js';
import { NotificationStore } from './outbox/notification.store.js';
import { SmtpProbe } from './outbox/smtp-probe.service.js';
import { SmtpTransport } from './outbox/smtp-transport.service.js';
import { FailureNotices } from './permanent-failures/failure-notices.service.js';
import { FailureNoticesStore } from './permanent-failures/failure-notices.store.js';
import { RoomNotices } from './room-notices/room-notices.store.js';

/** For the API, and for other libs that show notices in a room. */
@Module({
  providers: [NotificationsAdmin, NotificationsAdminStore, RoomNotices, SmtpProbe],
  exports: [NotificationsAdmin, RoomNotices, SmtpProbe],
})
export class NotificationsModule {}

/** For workers: store notices in the outbox and send them. */
@Module({
  providers: [
    ApprovalNotices,
    ApprovalNoticesStore,
    BreakerNotices,
    BreakerNoticesStore,
    FailureNotices,
    FailureNoticesStore,
    HttpChatTransport,
    NoticesStore,
    NotificationStore,
    { provide: Notices, useClass: OutboxNotices },
    {
      provide: MailTransport,
      inject: [Config],
      useFactory: (config: Config) => new SmtpTransport({ target: config.smtp }),
    },
    {
      provide: NotificationOutbox,
      inject: [NotificationStore, MailTransport, HttpChatTransport],
      useFactory: (store: NotificationStore, mails: MailTransport, chats: HttpChatTransport) =>
        new NotificationOutbox(store, mails, chats),
    },
  ],
  exports: [ApprovalNotices, BreakerNotices, FailureNotices, NotificationOutbox, Notices],
})
export class NotificationsWorkerModule {}
