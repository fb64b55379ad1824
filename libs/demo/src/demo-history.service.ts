import { Injectable, Logger } from '@nestjs/common';
import { ACCESS_CHANNEL, HintBus } from '@breakwater/platform';
import { EndpointDirectory } from '@breakwater/manifest';
import { DemoRemovalStore, type DemoCounts, type DemoPresence } from './demo-removal.store.js';

/** The demo's apps and their history. */
@Injectable()
export class DemoHistory {
  private readonly log = new Logger(DemoHistory.name);

  constructor(
    private readonly removal: DemoRemovalStore,
    private readonly directory: EndpointDirectory,
    private readonly hints: HintBus,
  ) {}

  async presence(): Promise<DemoPresence & { present: boolean }> {
    const presence = await this.removal.presence();
    return { present: presence.apps > 0, ...presence };
  }

  /** Removes all apps of the demo with all that they have; other apps keep everything. */
  async remove(): Promise<DemoCounts> {
    const { appIds, apps, deliveries } = await this.removal.remove();
    for (const appId of appIds) {
      await this.directory.announce(appId);
      await this.hints
        .publish(ACCESS_CHANNEL, appId)
        .catch((error: Error) =>
          this.log.warn(`hint about the keys of app ${appId} is lost: ${error.message}`),
        );
    }
    return { apps, deliveries };
  }
}
