import { Injectable } from '@nestjs/common';
import { Config } from '@breakwater/platform';
import { WebhookClient } from '@breakwater/webhook-client';
import { Checkup, failed, ok, warning, type Finding } from '../check.js';

/** The metadata service of clouds: refused whatever is allowed. */
const METADATA = 'https://169.254.169.254/';
/** Private addresses that are refused unless OUTBOUND_ALLOW opens them. */
const PRIVATE = ['https://10.0.0.1/', 'https://127.0.0.1/', 'https://192.168.0.1/', 'https://[fd00::1]/'];

/** The SSRF guard refuses what it must. Nothing is called. */
@Injectable()
export class GuardCheck extends Checkup {
  readonly name = 'guard';
  readonly needsDatabase = false;
  readonly remedy = 'Check OUTBOUND_ALLOW.';

  constructor(
    private readonly client: WebhookClient,
    private readonly config: Config,
  ) {
    super();
  }

  async run(): Promise<Finding> {
    if ((await this.client.checkUrl(METADATA)).ok)
      return failed(
        'The guard lets calls to 169.254.169.254 through, the metadata service of clouds.',
        'Remove the entry of OUTBOUND_ALLOW that covers it.',
      );
    const { allow, allowHttp } = this.config.outbound;
    const judged = await Promise.all(
      PRIVATE.map(async (url) => ({ url, isOpen: (await this.client.checkUrl(url)).ok })),
    );
    const open = judged.filter(({ isOpen }) => isOpen).map(({ url }) => new URL(url).hostname);
    const allowed = allow.length === 0 ? 'no private target' : allow.join(', ');
    const http = allowHttp ? '; plain http is allowed' : '';
    if (open.length > 0 && allow.length === 0)
      return failed(
        `The guard lets calls to ${open.join(', ')} through, and OUTBOUND_ALLOW is empty.`,
        this.remedy,
      );
    if (open.length > 0)
      return warning(
        `The guard refuses 169.254.169.254 and lets calls to ${open.join(', ')} through; OUTBOUND_ALLOW opens ${allowed}${http}.`,
        'Name single hosts with their port in OUTBOUND_ALLOW instead of whole networks.',
      );
    return ok(
      `The guard refuses 169.254.169.254 and private addresses; OUTBOUND_ALLOW opens ${allowed}${http}.`,
    );
  }
}
