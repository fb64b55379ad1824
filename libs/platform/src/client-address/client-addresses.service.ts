import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../config/config.js';
import { clientAddress, isForwardedUnheard, type AddressedRequest } from './client-address.js';
import { trustedProxies, type TrustedProxies } from './trusted-proxies.js';

/** The address of a client, wherever one is used: limits, captures, logs. */
@Injectable()
export class ClientAddresses {
  private readonly log = new Logger('Api');
  private readonly proxies: TrustedProxies;
  private hasWarned = false;

  constructor(config: Config) {
    this.proxies = trustedProxies(config.api.trustedProxies);
  }

  /** @returns null when the connection is gone */
  of(request: AddressedRequest): string | null {
    return clientAddress(request, this.proxies);
  }

  /** Says once that a proxy should perhaps be trusted. Anybody can send the header, so it is said only once. */
  watch(request: AddressedRequest): void {
    if (this.hasWarned || !isForwardedUnheard(request, this.proxies)) return;
    this.hasWarned = true;
    this.log.warn(
      `${this.of(request)} sent X-Forwarded-For, which is ignored, so its address counts for the limits of all its clients; if it is your proxy, add it to API_TRUSTED_PROXIES`,
    );
  }
}
