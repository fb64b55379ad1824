import { Injectable, Logger } from '@nestjs/common';
import { ACCESS_CHANNEL, HintBus } from '@breakwater/platform';
import { AppRegistry, EndpointDirectory, ManifestRegistry } from '@breakwater/manifest';
import { DEMO_APPS, demoManifest } from './day/demo-apps.js';
import { makeDay } from './day/demo-day.js';
import { seededRandom } from './day/seeded-random.js';
import { DemoDayStore } from './demo-day.store.js';
import { DemoRemovalStore, type DemoCounts, type DemoPresence } from './demo-removal.store.js';

/** Who registered them. */
const ACTOR = 'npm start';
/** Each demo tells the same story. */
const SEED = 20_261_201;

/** The demo's apps and their history. */
@Injectable()
export class DemoHistory {
  private readonly log = new Logger(DemoHistory.name);

  constructor(
    private readonly days: DemoDayStore,
    private readonly removal: DemoRemovalStore,
    private readonly manifests: ManifestRegistry,
    private readonly apps: AppRegistry,
    private readonly directory: EndpointDirectory,
    private readonly hints: HintBus,
  ) {}

  async presence(): Promise<DemoPresence & { present: boolean }> {
    const presence = await this.removal.presence();
    return { present: presence.apps > 0, ...presence };
  }

  /**
   * Registers the demo's apps and stores a day of their history that ends now.
   * @param baseUrl of the server that answers their calls from now on
   * @param sample the app at that server, which gets the mark, too, and its signing secret
   */
  async seed(baseUrl: string, sample: { appId: string; signingSecret: string }): Promise<void> {
    for (const app of DEMO_APPS) {
      await this.manifests.register(app.id, demoManifest(app, baseUrl), ACTOR);
      // The server verifies all calls with one secret.
      await this.apps.rotateSigningSecret(app.id, { signingSecret: sample.signingSecret, overlapMs: 0 });
    }
    const appIds = DEMO_APPS.map(({ id }) => id);
    const [now, endpoints] = await Promise.all([this.days.now(), this.days.endpoints(appIds)]);
    const day = makeDay({ now, endpoints, random: seededRandom(SEED) });
    await this.days.store(appIds, day);
    await this.days.mark(sample.appId);
    this.log.debug(`${day.deliveries.length} deliveries of a demo are stored`);
  }

  /** Gives the demo's apps that are left another URL, where the server that answers their calls has moved to. */
  async move(baseUrl: string): Promise<void> {
    const places = await this.days.endpoints(DEMO_APPS.map(({ id }) => id));
    for (const app of DEMO_APPS) {
      const isLeft = app.capabilities.some(({ name }) => places.has(`${app.id} ${name}`));
      if (isLeft) await this.manifests.register(app.id, demoManifest(app, baseUrl), ACTOR);
    }
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
