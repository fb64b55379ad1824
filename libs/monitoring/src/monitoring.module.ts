import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ManifestModule } from '@breakwater/manifest';
import { Config } from '@breakwater/platform';
import { BreakerMailStore } from './breaker-mails/breaker-mails.store.js';
import { BreakerMails } from './breaker-mails/breaker-mails.service.js';
import { MetricWindows } from './metrics/metric-windows.js';
import { MetricsStore } from './metrics/metrics.store.js';
import { RollUp } from './metrics/roll-up.service.js';
import { RollUpStore } from './metrics/roll-up.store.js';
import { WebhookMetrics } from './metrics/webhook-metrics.service.js';
import { MonitoringSchedules } from './monitoring-schedules.service.js';
import { NotificationsAdmin } from './notifications/notifications-admin.service.js';
import { MailTransport } from './outbox/mail-transport.js';
import { NotificationOutbox } from './outbox/notification-outbox.service.js';
import { NotificationStore } from './outbox/notification.store.js';
import { SmtpTransport } from './outbox/smtp-transport.service.js';
import { PeriodicRuns } from './periodic/periodic-runs.service.js';
import { RetentionStore } from './retention/retention.store.js';
import { Retention } from './retention/retention.service.js';

/** What the API shows. */
@Module({
  providers: [
    ...[NotificationsAdmin, PeriodicRuns, RetentionStore, Retention, MetricsStore, WebhookMetrics],
    ...[RollUpStore, RollUp],
    { provide: MetricWindows, useExisting: MetricsStore },
  ],
  exports: [NotificationsAdmin, PeriodicRuns, Retention, WebhookMetrics, MetricWindows, RollUp],
})
export class MonitoringModule {}

/** What workers do by themselves: write mails, send them, delete what has had its time. */
@Module({
  imports: [ScheduleModule.forRoot(), ManifestModule, MonitoringModule],
  providers: [
    BreakerMailStore,
    BreakerMails,
    NotificationStore,
    {
      provide: MailTransport,
      inject: [Config],
      useFactory: (config: Config) => new SmtpTransport({ target: config.smtp }),
    },
    {
      provide: NotificationOutbox,
      inject: [NotificationStore, MailTransport],
      useFactory: (store: NotificationStore, transport: MailTransport) =>
        new NotificationOutbox(store, transport),
    },
    MonitoringSchedules,
  ],
  exports: [BreakerMails, NotificationOutbox],
})
export class MonitoringWorkerModule {}
