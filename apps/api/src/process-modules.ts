import { ConfigModule, LoggingModule, PlatformModule, type Config } from '@breakwater/platform';
import { WebhookClientModule } from '@breakwater/webhook-client';

const USER_AGENT = 'Breakwater/1 (+webhooks)';

/** What every role stands on: its configuration, logs, platform and the one outbound client. */
export function processModules(config: Config) {
  const { outbound } = config;
  return [
    ConfigModule.forRoot(config),
    LoggingModule.forRoot(),
    PlatformModule,
    WebhookClientModule.forRoot({
      allow: [...outbound.allow],
      allowHttp: outbound.allowHttp,
      dnsServers: [...outbound.dnsServers],
      legacySignatureHeaders: outbound.legacySignatureHeaders,
      maxConnectionsPerOrigin: outbound.maxConnectionsPerOrigin,
      maxOrigins: outbound.maxOrigins,
      userAgent: USER_AGENT,
    }),
  ];
}
