export { BreakerMails } from './breaker-mails/breaker-mails.service.js';
export { METRIC_WINDOWS, type MetricWindow } from './metrics/metric-window.js';
export { MetricWindows, type WindowCounts } from './metrics/metric-windows.js';
export type { MetricNumbers, MetricPoint, MetricsReport } from './metrics/metrics-report.js';
export { RollUp } from './metrics/roll-up.service.js';
export { WebhookMetrics } from './metrics/webhook-metrics.service.js';
export { MonitoringModule, MonitoringWorkerModule } from './monitoring.module.js';
export { NotificationNotFoundError } from './notifications/notification-not-found.error.js';
export {
  NotificationsAdmin,
  type NotificationFilter,
  type NotificationPage,
  type NotificationSummary,
  type NotificationView,
} from './notifications/notifications-admin.service.js';
export { MailTransport, type OutgoingMail, type SendResult } from './outbox/mail-transport.js';
export { NotificationOutbox, type OutboxOptions } from './outbox/notification-outbox.service.js';
export { MaintenanceRunningError } from './retention/maintenance-running.error.js';
export { Retention, type MaintenanceReport, type Removed } from './retention/retention.service.js';
