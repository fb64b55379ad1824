import { Injectable } from '@nestjs/common';
import { readable, type Problem } from '@breakwater/platform';
import { WebhookClient, type VettedUrl } from '@breakwater/webhook-client';
import { SsrfBlockedError } from './manifest.error.js';

/** A URL, and where it is in its request, as a JSON pointer. */
export interface PlacedUrl {
  pointer: string;
  url: string;
}

/** Maximum wait for the addresses of all URLs of a request, ms. A URL without an address by then is accepted. */
const LOOK_UPS_WITHIN_MS = 5_000;

/** Checks whether the URLs of a request may be called. */
@Injectable()
export class UrlCheck {
  constructor(private readonly webhooks: WebhookClient) {}

  /**
   * @returns a warning for each URL whose address was not found
   * @throws SsrfBlockedError with every URL that the SSRF guard refuses
   */
  async require(places: readonly PlacedUrl[]): Promise<Problem[]> {
    const found = await this.lookUp([...new Set(places.map(({ url }) => url))]);
    const blocked: Problem[] = [];
    const doubtful: Problem[] = [];
    for (const { pointer, url } of places) {
      const verdict = found.get(url)!;
      const value = readable(url);
      if (!verdict.ok) {
        const { message, bounds } = verdict;
        blocked.push({ pointer, rule: 'ssrf', message, bounds, value });
      } else if (verdict.warning) doubtful.push({ pointer, rule: 'dns', message: verdict.warning, value });
    }
    if (blocked.length > 0) throw new SsrfBlockedError(blocked);
    return doubtful;
  }

  private async lookUp(urls: readonly string[]): Promise<Map<string, VettedUrl>> {
    const signal = AbortSignal.timeout(LOOK_UPS_WITHIN_MS);
    const checks = urls.map(async (url) => [url, await this.webhooks.checkUrl(url, signal)] as const);
    return new Map(await Promise.all(checks));
  }
}
