import { Injectable } from '@nestjs/common';
import { Config, pointerTo, readable, type Problem } from '@breakwater/platform';
import { WebhookClient, type VettedUrl } from '@breakwater/webhook-client';
import type { Manifest } from '../grammar/manifest.js';
import { validateManifest } from '../grammar/validate-manifest.js';
import { EventTypeNamesStore } from '../subscriptions/event-type-names.store.js';
import { unknownTypeWarnings } from '../subscriptions/unknown-types.js';
import { KnownStrategies } from './known-strategies.service.js';
import { ManifestInvalidError, SsrfBlockedError } from './manifest.error.js';

/** Longest time that a whole manifest waits for DNS, ms; names without an answer by then become warnings. */
const LOOKUPS_WITHIN_MS = 5000;

/** Checks a manifest: the grammar first, then whether each of its URLs may be called. Stores nothing. */
@Injectable()
export class ManifestCheck {
  constructor(
    private readonly strategies: KnownStrategies,
    private readonly webhooks: WebhookClient,
    private readonly eventTypes: EventTypeNamesStore,
    private readonly config: Config,
  ) {}

  /**
   * @throws ManifestInvalidError with every problem of the grammar
   * @throws SsrfBlockedError when only the SSRF guard refuses it
   */
  async check(document: unknown): Promise<{ manifest: Manifest; warnings: Problem[] }> {
    const verdict = validateManifest(document, this.strategies.names);
    if (!verdict.ok) throw new ManifestInvalidError(verdict.problems);
    const { manifest, warnings } = verdict;
    const places = [
      { pointer: '/baseUrl', url: manifest.baseUrl },
      ...manifest.webhooks.map(({ capability, url }) => ({
        pointer: pointerTo('webhooks', capability, 'url'),
        url,
      })),
      ...manifest.subscriptions.map(({ name, url }) => ({
        pointer: pointerTo('subscriptions', name, 'url'),
        url,
      })),
    ];
    const verdicts = await this.lookUp([...new Set(places.map(({ url }) => url))]);
    const blocked: Problem[] = [];
    const doubtful: Problem[] = [];
    for (const { pointer, url } of places) {
      const found = verdicts.get(url)!;
      if (!found.ok)
        blocked.push({
          pointer,
          rule: 'ssrf',
          message: found.message,
          bounds: found.bounds,
          value: readable(url),
        });
      else if (found.warning)
        doubtful.push({ pointer, rule: 'dns', message: found.warning, value: readable(url) });
    }
    if (blocked.length > 0) throw new SsrfBlockedError(blocked);
    return { manifest, warnings: [...warnings, ...doubtful, ...(await this.unknownTypes(manifest))] };
  }

  private async unknownTypes({ subscriptions }: Manifest): Promise<Problem[]> {
    if (!this.config.events.strictTypes || subscriptions.length === 0) return [];
    return unknownTypeWarnings(subscriptions, await this.eventTypes.names());
  }

  private async lookUp(urls: string[]): Promise<Map<string, VettedUrl>> {
    const signal = AbortSignal.timeout(LOOKUPS_WITHIN_MS);
    const verdicts = urls.map(async (url) => [url, await this.webhooks.checkUrl(url, signal)] as const);
    return new Map(await Promise.all(verdicts));
  }
}
