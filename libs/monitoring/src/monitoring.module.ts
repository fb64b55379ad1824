import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { CircuitBreakerModule } from '@breakwater/circuit-breaker';
import { ManifestModule } from '@breakwater/manifest';
import { Config } from '@breakwater/platform';
import { AlertChecks } from './alerts/alert-checks.service.js';
import { AlertRehearsal } from './alerts/alert-rehearsal.service.js';
import { AlertRules } from './alerts/alert-rules.service.js';
import { AlertSchedules } from './alerts/alert-schedules.service.js';
import { AlertStore } from './alerts/alert.store.js';
import { Alerts } from './alerts/alerts.service.js';
import { Readings } from './alerts/readings.service.js';
import { ReadingsStore } from './alerts/readings.store.js';
import { ApprovalNotices } from './approvals/approval-notices.service.js';
import { ApprovalNoticesStore } from './approvals/approval-notices.store.js';
import { BreakerMailStore } from './breaker-mails/breaker-mails.store.js';
import { BreakerMails } from './breaker-mails/breaker-mails.service.js';
import { AppHealthReader } from './health/app-health.service.js';
import { BreakerHealth } from './health/breaker-health.service.js';
import { HealthChecks } from './health/health-checks.service.js';
import { HealthSchedules } from './health/health-schedules.service.js';
import { HealthStore } from './health/health.store.js';
import { MetricWindows } from './metrics/metric-windows.js';
import { MetricsStore } from './metrics/metrics.store.js';
import { RollUp } from './metrics/roll-up.service.js';
import { RollUpStore } from './metrics/roll-up.store.js';
import { WebhookMetrics } from './metrics/webhook-metrics.service.js';
import { MonitoringSchedules } from './monitoring-schedules.service.js';
import { Notices } from './notices/notices.js';
import { OutboxNotices } from './notices/outbox-notices.service.js';
import { NotificationsAdmin } from './notifications/notifications-admin.service.js';
import { HttpChatTransport } from './outbox/http-chat-transport.service.js';
import { MailTransport } from './outbox/mail-transport.js';
import { NotificationOutbox } from './outbox/notification-outbox.service.js';
import { NotificationStore } from './outbox/notification.store.js';
import { SmtpTransport } from './outbox/smtp-transport.service.js';
import { OverallHealthReader } from './overall-health/overall-health.service.js';
import { OverallHealthStore } from './overall-health/overall-health.store.js';
import { FailureNoticesSchedule } from './permanent-failures/failure-notices-schedule.service.js';
import { FailureNotices } from './permanent-failures/failure-notices.service.js';
import { FailureNoticesStore } from './permanent-failures/failure-notices.store.js';
import { PeriodicRuns } from './periodic/periodic-runs.service.js';
import { Gauges } from './prometheus/gauges.service.js';
import { GaugesStore } from './prometheus/gauges.store.js';
import { RetentionStore } from './retention/retention.store.js';
import { Retention } from './retention/retention.service.js';

/** What the API shows. */
@Module({
  imports: [ManifestModule],
  providers: [
    ...[NotificationsAdmin, PeriodicRuns, RetentionStore, Retention, MetricsStore, WebhookMetrics],
    ...[RollUpStore, RollUp, GaugesStore, Gauges],
    ...[HealthStore, AppHealthReader, AlertStore, AlertRules, AlertRehearsal, Alerts],
    ...[ReadingsStore, Readings],
    ...[OverallHealthStore, OverallHealthReader],
    { provide: MetricWindows, useExisting: MetricsStore },
  ],
  exports: [
    ...[AppHealthReader, AlertRules, AlertRehearsal, Alerts, OverallHealthReader],
    ...[HealthStore, Readings, AlertStore],
    NotificationsAdmin,
    PeriodicRuns,
    Retention,
    WebhookMetrics,
    MetricWindows,
    RollUp,
  ],
})
export class MonitoringModule {}

/** What workers do by themselves: write mails, send them, delete what has had its time. */
@Module({
  imports: [ScheduleModule.forRoot(), CircuitBreakerModule, ManifestModule, MonitoringModule],
  providers: [
    ...[ApprovalNoticesStore, ApprovalNotices],
    BreakerMailStore,
    BreakerMails,
    NotificationStore,
    HttpChatTransport,
    { provide: Notices, useClass: OutboxNotices },
    FailureNoticesStore,
    FailureNotices,
    FailureNoticesSchedule,
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
    MonitoringSchedules,
    ...[HealthChecks, BreakerHealth, HealthSchedules, AlertChecks, AlertSchedules],
  ],
  exports: [BreakerMails, NotificationOutbox],
})
export class MonitoringWorkerModule {}
