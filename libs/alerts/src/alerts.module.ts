import { Module } from '@nestjs/common';
import { CircuitBreakerModule } from '@breakwater/circuit-breaker';
import { ManifestModule } from '@breakwater/manifest';
import { MetricsModule } from '@breakwater/metrics';
import { NotificationsWorkerModule } from '@breakwater/notifications';
import { AutoDisable } from './disabled-endpoints/auto-disable.service.js';
import { DisabledNotices } from './disabled-endpoints/disabled-notices.service.js';
import { FailingSubscriptionsStore } from './disabled-endpoints/failing-subscriptions.store.js';
import { AppHealthReader } from './health/app-health.service.js';
import { BreakerHealth } from './health/breaker-health.service.js';
import { HealthCall } from './health/health-call.service.js';
import { HealthChecks } from './health/health-checks.service.js';
import { HealthStore } from './health/health.store.js';
import { OverallHealthReader } from './overall-health/overall-health.service.js';
import { OverallHealthStore } from './overall-health/overall-health.store.js';
import { AlertChecks } from './rules/alert-checks.service.js';
import { AlertHistory } from './rules/alert-history.service.js';
import { AlertRehearsal } from './rules/alert-rehearsal.service.js';
import { AlertRuleStore } from './rules/alert-rule.store.js';
import { AlertRules } from './rules/alert-rules.service.js';
import { AlertStore } from './rules/alert.store.js';
import { Alerts } from './rules/alerts.store.js';
import { Readings } from './rules/readings.service.js';
import { ReadingsStore } from './rules/readings.store.js';

/** For the API: alert rules, their cases, and health. */
@Module({
  imports: [ManifestModule, MetricsModule],
  providers: [
    AlertHistory,
    AlertRehearsal,
    AlertRules,
    AlertRuleStore,
    AlertStore,
    Alerts,
    AppHealthReader,
    HealthStore,
    OverallHealthReader,
    OverallHealthStore,
    Readings,
    ReadingsStore,
  ],
  exports: [
    AlertHistory,
    AlertRehearsal,
    AlertRules,
    AlertStore,
    Alerts,
    AppHealthReader,
    HealthStore,
    OverallHealthReader,
    Readings,
  ],
})
export class AlertsModule {}

/** For workers: check the health of apps, evaluate the rules, and disable what only fails. */
@Module({
  imports: [AlertsModule, CircuitBreakerModule, ManifestModule, NotificationsWorkerModule],
  providers: [
    AlertChecks,
    AutoDisable,
    BreakerHealth,
    DisabledNotices,
    FailingSubscriptionsStore,
    HealthCall,
    HealthChecks,
  ],
  exports: [AlertChecks, AutoDisable, BreakerHealth, DisabledNotices, HealthChecks],
})
export class AlertsWorkerModule {}
