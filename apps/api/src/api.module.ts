import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AlertsModule } from '@breakwater/alerts';
import { AccessModule, ApiKeyGuard } from '@breakwater/access';
import { BulkModule } from '@breakwater/bulk';
import { CircuitBreakerModule } from '@breakwater/circuit-breaker';
import { ConformanceModule } from '@breakwater/conformance';
import { DelegationModule } from '@breakwater/delegation';
import { DeliveryModule } from '@breakwater/delivery';
import { DoctorModule } from '@breakwater/doctor';
import { DemoModule } from '@breakwater/demo';
import { EventsModule } from '@breakwater/events';
import { InsightsModule } from '@breakwater/insights';
import { InboundModule } from '@breakwater/inbound';
import { ListenerSessions, ListenersModule } from '@breakwater/listeners';
import { FeedAudience, FeedHub, FeedModule } from '@breakwater/feed';
import { ManifestModule } from '@breakwater/manifest';
import { MetricsModule } from '@breakwater/metrics';
import { NotificationsModule } from '@breakwater/notifications';
import { UpkeepModule } from '@breakwater/upkeep';
import { AlertRulesController } from './alerts/alert-rules.controller.js';
import { AlertsController } from './alerts/alerts.controller.js';
import { AppHealthController } from './app-health/app-health.controller.js';
import { AnswersInHand } from './answers-in-hand.service.js';
import { ApprovalsController } from './approvals/approvals.controller.js';
import { AppsController } from './apps/apps.controller.js';
import { AppSummariesController } from './app-summaries/app-summaries.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditInterceptor } from './audit/audit.interceptor.js';
import { BreakersController } from './breakers/breakers.controller.js';
import { BulkOperationsController } from './bulk-operations/bulk-operations.controller.js';
import { ClientCertificatesController } from './certificates/client-certificates.controller.js';
import { ConformanceRunsController } from './conformance-runs/conformance-runs.controller.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DoctorController } from './doctor/doctor.controller.js';
import { DemoController } from './demo/demo.controller.js';
import { EncryptionKeysController } from './encryption-keys/encryption-keys.controller.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { HealthController } from './health/health.controller.js';
import { EventTypesController } from './event-types/event-types.controller.js';
import { EventsController } from './events/events.controller.js';
import { SubscriptionTestsController } from './subscriptions/subscription-tests.controller.js';
import { ReplayController } from './events/replay.controller.js';
import { SubscriptionsController } from './subscriptions/subscriptions.controller.js';
import { HoldsController } from './holds/holds.controller.js';
import { InboundDoor } from './inbound/inbound-door.service.js';
import { UnaskedInterceptor } from './input/unasked.interceptor.js';
import { InvokeController } from './invoke/invoke.controller.js';
import { KeysController } from './keys/keys.controller.js';
import { ListenersController } from './listeners/listeners.controller.js';
import { MaintenanceController } from './maintenance/maintenance.controller.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { PortalLinksController } from './portal-links/portal-links.controller.js';
import { SessionController } from './session/session.controller.js';
import { OverviewController } from './overview/overview.controller.js';
import { PrometheusController } from './prometheus/prometheus.controller.js';
import { SearchController } from './search/search.controller.js';
import { SourceCapturesController } from './sources/source-captures.controller.js';
import { SourcePresetsController } from './sources/source-presets.controller.js';
import { SourcesController } from './sources/sources.controller.js';
import { TracingInterceptor } from './tracing/tracing.interceptor.js';
import { FeedGateway } from './rooms/feed.gateway.js';
import { FeedSockets } from './rooms/feed-sockets.service.js';
import { Listeners } from './rooms/listeners.service.js';
import { ListenGateway } from './rooms/listen.gateway.js';
import { RoomsGateway } from './rooms/rooms.gateway.js';
import { RootController } from './root/root.controller.js';
import { StatisticsAliasController, StatisticsController } from './webhook-metrics/statistics.controller.js';
import { SystemController } from './system/system.controller.js';
import { WebhooksAliasController, WebhooksController } from './webhooks/webhooks.controller.js';
import { WebhookKeysController } from './webhook-keys/webhook-keys.controller.js';
import { WebhookMetricsController } from './webhook-metrics/webhook-metrics.controller.js';
import { WebhookHealthController } from './webhook-health/webhook-health.controller.js';

/** The HTTP side. Needs the modules of `processModules` beside it. */
@Module({
  imports: [
    AccessModule,
    AlertsModule,
    BulkModule,
    CircuitBreakerModule,
    ConformanceModule,
    DelegationModule,
    DeliveryModule,
    DemoModule,
    DoctorModule,
    EventsModule,
    InboundModule,
    InsightsModule,
    FeedModule,
    ListenersModule,
    ManifestModule,
    MetricsModule,
    NotificationsModule,
    UpkeepModule,
    TerminusModule.forRoot({ logger: false, errorLogStyle: 'json' }),
  ],
  controllers: [
    InvokeController,
    DeliveriesController,
    AppsController,
    HoldsController,
    EventsController,
    EventTypesController,
    ReplayController,
    BulkOperationsController,
    SubscriptionsController,
    SubscriptionTestsController,
    ConformanceRunsController,
    SourcesController,
    SourceCapturesController,
    SourcePresetsController,
    WebhooksController,
    WebhooksAliasController,
    KeysController,
    PortalLinksController,
    SessionController,
    BreakersController,
    DeadLettersController,
    ApprovalsController,
    NotificationsController,
    HealthController,
    EncryptionKeysController,
    AuditController,
    MaintenanceController,
    DemoController,
    DoctorController,
    PrometheusController,
    RootController,
    WebhookMetricsController,
    StatisticsController,
    StatisticsAliasController,
    AppHealthController,
    AlertRulesController,
    AlertsController,
    WebhookHealthController,
    WebhookKeysController,
    ClientCertificatesController,
    OverviewController,
    AppSummariesController,
    SearchController,
    SystemController,
    ListenersController,
  ],
  providers: [
    AnswersInHand,
    InboundDoor,
    FeedGateway,
    FeedHub,
    FeedSockets,
    { provide: FeedAudience, useExisting: FeedSockets },
    Listeners,
    ListenerSessions,
    ListenGateway,
    RoomsGateway,
    { provide: APP_GUARD, useExisting: ApiKeyGuard },
    { provide: APP_INTERCEPTOR, useClass: TracingInterceptor },
    { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
    { provide: APP_INTERCEPTOR, useClass: UnaskedInterceptor },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class ApiModule {
  /** The API of one process, with the other modules that run in it. */
  static with(...modules: DynamicModule['imports'] & object): DynamicModule {
    return { module: ApiModule, imports: [...modules] };
  }
}
