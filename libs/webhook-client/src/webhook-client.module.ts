import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Config } from '@breakwater/platform';
import { UndiciWebhookClient } from './undici-webhook-client.service.js';
import { WebhookClient } from './webhook-client.js';
import type { WebhookClientOptions } from './webhook-client.js';

const USER_AGENT = 'Breakwater/1';

/** Provides {@link WebhookClient} to the whole application; its pools close on shutdown. */
@Module({})
export class WebhookClientModule {
  static forRoot(options: WebhookClientOptions): DynamicModule {
    const provider = { provide: WebhookClient, useFactory: () => new UndiciWebhookClient(options) };
    return { module: WebhookClientModule, global: true, providers: [provider], exports: [WebhookClient] };
  }

  /** With the operator's OUTBOUND_ settings. */
  static forConfig({ outbound }: Config): DynamicModule {
    const { allow, dnsServers, ...rest } = outbound;
    return WebhookClientModule.forRoot({
      ...rest,
      allow: [...allow],
      dnsServers: [...dnsServers],
      userAgent: USER_AGENT,
    });
  }
}
