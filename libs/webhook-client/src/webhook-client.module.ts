import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { UndiciWebhookClient } from './undici-webhook-client.service.js';
import { WebhookClient } from './webhook-client.js';
import type { WebhookClientOptions } from './webhook-client.js';

/** Provides {@link WebhookClient} to the whole application; its pools close on shutdown. */
@Module({})
export class WebhookClientModule {
  static forRoot(options: WebhookClientOptions): DynamicModule {
    const provider = { provide: WebhookClient, useFactory: () => new UndiciWebhookClient(options) };
    return { module: WebhookClientModule, global: true, providers: [provider], exports: [WebhookClient] };
  }
}
