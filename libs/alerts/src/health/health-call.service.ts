import { Injectable } from '@nestjs/common';
import { EndpointDirectory, endpointUrl } from '@breakwater/manifest';
import { Config } from '@breakwater/platform';
import { WebhookClient, type Outcome, type Timed } from '@breakwater/webhook-client';

/** The health URL of an app. */
export interface HealthTarget {
  appId: string;
  baseUrl: string;
  healthPath: string;
  hasCertificate: boolean;
}

/** Calls an app's health URL, with the app's client certificate if it has one. */
@Injectable()
export class HealthCall {
  constructor(
    private readonly webhooks: WebhookClient,
    private readonly directory: EndpointDirectory,
    private readonly config: Config,
  ) {}

  async make(
    { appId, baseUrl, healthPath, hasCertificate }: HealthTarget,
    signal: AbortSignal,
  ): Promise<{ url: string; outcome: Outcome & Timed }> {
    const url = endpointUrl(baseUrl, healthPath) ?? baseUrl;
    // Most apps have none: for them nothing is looked up.
    const certificate = hasCertificate ? await this.directory.certificateOf(appId) : null;
    const clientCertificate = certificate ?? undefined;
    const timeoutMs = this.config.monitoring.healthCheckTimeoutMs;
    return { url, outcome: await this.webhooks.probe({ url, timeoutMs, clientCertificate }, signal) };
  }
}
