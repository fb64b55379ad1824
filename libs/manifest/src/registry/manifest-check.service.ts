import { Injectable } from '@nestjs/common';
import { Config, pointerTo, type Problem } from '@breakwater/platform';
import type { Manifest } from '../grammar/manifest.js';
import { validateManifest } from '../grammar/validate-manifest.js';
import { EventTypeNamesStore } from '../subscriptions/event-type-names.store.js';
import { unknownTypeWarnings } from '../subscriptions/unknown-types.js';
import { KnownStrategies } from './known-strategies.service.js';
import { ManifestInvalidError } from './manifest.error.js';
import { UrlCheck } from './url-check.service.js';

/** Checks a manifest: the grammar first, then whether each of its URLs may be called. Stores nothing. */
@Injectable()
export class ManifestCheck {
  constructor(
    private readonly strategies: KnownStrategies,
    private readonly urls: UrlCheck,
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
    const doubtful = await this.urls.require(places);
    return { manifest, warnings: [...warnings, ...doubtful, ...(await this.unknownTypes(manifest))] };
  }

  private async unknownTypes({ subscriptions }: Manifest): Promise<Problem[]> {
    if (!this.config.events.strictTypes || subscriptions.length === 0) return [];
    return unknownTypeWarnings(subscriptions, await this.eventTypes.names());
  }
}
