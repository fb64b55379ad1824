export { AlertRuleInvalidError, AlertRuleNotFoundError } from './alerts/alert.error.js';
export { ALERT_TYPES, EACH_CAPABILITY, type AlertRule, type AlertType } from './alerts/alert-rule.js';
export { AlertRehearsal, type Rehearsal } from './alerts/alert-rehearsal.service.js';
export { AlertRules, type AlertRuleChange, type AlertRuleView } from './alerts/alert-rules.service.js';
export { Alerts, type AlertView } from './alerts/alerts.service.js';
export type { SubjectPlan } from './alerts/plan.js';
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
export { AppHealthReader } from './health/app-health.service.js';
export { HEALTH_STATUSES, type HealthStatus } from './health/health.js';
export type { AppHealth } from './health/health.store.js';
export { CHANNELS, type Channel } from './notices/notice.js';
export { OverallHealthReader } from './overall-health/overall-health.service.js';
export { REASON_CODES, type Reason } from './overall-health/overall-health.js';
