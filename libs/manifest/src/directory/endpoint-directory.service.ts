import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DatabaseTimeoutError, FreshCache, HintBus, isId } from '@breakwater/platform';
import type { ClientCertificate } from '@breakwater/webhook-client';
import { isAppId } from '../grammar/app-id.js';
import { EndpointStore } from './endpoint.store.js';
import type { ResolvedEndpoint } from './resolved-endpoint.js';

/** Hint channel for changes of an app; the payload is the app's id. */
export const MANIFEST_CHANNEL = 'manifest';

/** About 100 bytes each. */
const MAX_OWNERS = 200_000;

interface AppEndpoints {
  /** Of the rows that they were read from. */
  fingerprint: string;
  byCapability: Map<string, ResolvedEndpoint>;
  byId: Map<string, ResolvedEndpoint>;
}

/**
 * Every endpoint, from memory, for the hot paths. At most 5 s older than the tables; usually a hint updates it at
 * once.
 */
@Injectable()
export class EndpointDirectory implements OnModuleDestroy {
  private readonly log = new Logger(EndpointDirectory.name);
  private readonly apps: FreshCache<AppEndpoints>;
  /** The app of each endpoint seen so far; it never changes. */
  private readonly owners = new Map<string, string>();
  /** The app of other endpoints; "there is none" must not be remembered for long. */
  private readonly lookups: FreshCache<string>;
  private readonly unsubscribe: () => void;
  private readonly listeners = new Set<(endpointIds: string[]) => void>();

  constructor(
    private readonly store: EndpointStore,
    private readonly hints: HintBus,
  ) {
    this.apps = new FreshCache((appId, known) => this.load(appId, known), { maxEntries: 10_000, tooLate });
    this.lookups = new FreshCache((endpointId) => store.appOf(endpointId), {
      maxEntries: 1000,
      tooLate,
    });
    this.unsubscribe = hints.subscribe(MANIFEST_CHANNEL, (appId) => this.forget(appId));
  }

  /** The endpoint of an app's capability; null where there is none. */
  async find(appId: string, capability: string): Promise<ResolvedEndpoint | null> {
    if (!isAppId(appId)) return null;
    return (await this.apps.get(appId))?.byCapability.get(capability) ?? null;
  }

  /** The endpoints of an app that are not removed; null where there is no such app. */
  async ofApp(appId: string): Promise<ResolvedEndpoint[] | null> {
    if (!isAppId(appId)) return null;
    const endpoints = await this.apps.get(appId);
    return endpoints && [...endpoints.byCapability.values()];
  }

  /** Any endpoint, also one the manifest no longer names (status `removed`): deliveries still refer to it. */
  async byId(endpointId: string): Promise<ResolvedEndpoint | null> {
    if (!isId(endpointId)) return null;
    const appId = this.owners.get(endpointId) ?? (await this.lookups.get(endpointId));
    return (appId !== null && (await this.apps.get(appId))?.byId.get(endpointId)) || null;
  }

  /** The existing ones of these endpoints, by id. */
  async byIds(endpointIds: Iterable<string>): Promise<Map<string, ResolvedEndpoint>> {
    const found = await Promise.all([...new Set(endpointIds)].map((id) => this.byId(id)));
    return new Map(found.filter((endpoint) => endpoint !== null).map((endpoint) => [endpoint.id, endpoint]));
  }

  /** What an app's receivers are shown if they demand a client certificate. */
  async certificateOf(appId: string): Promise<ClientCertificate | null> {
    const endpoints = await this.apps.get(appId);
    const [any] = endpoints?.byId.values() ?? [];
    return any?.clientCertificate ?? null;
  }

  /**
   * Disables an endpoint until somebody enables it or its manifest names another URL, and notifies every process.
   * @returns whether it was active until now
   */
  async disableEndpoint(endpointId: string, reason: string): Promise<boolean> {
    const appId = await this.store.disable(endpointId, reason);
    if (appId !== null) await this.announce(appId);
    return appId !== null;
  }

  /**
   * Announces that something about an app changed: here at once, and to other processes by a hint. Call it after the
   * commit.
   */
  async announce(appId: string): Promise<void> {
    this.forget(appId);
    await this.hints
      .publish(MANIFEST_CHANNEL, appId)
      .catch((error: Error) =>
        this.log.warn(`hint about app ${appId} is lost, others see it within 5 s: ${error.message}`),
      );
  }

  /** Calls the listener for endpoints that may be called again, only in the process that released them. */
  onLetGo(listener: (endpointIds: string[]) => void): void {
    this.listeners.add(listener);
  }

  /**
   * Announces that endpoints of an app were resumed or enabled, so that waiting deliveries continue. Call it after the
   * commit.
   */
  async letGo(appId: string): Promise<void> {
    await this.announce(appId);
    const endpoints = await this.apps.get(appId);
    if (!endpoints) return;
    const ids = [...endpoints.byId.values()].filter(({ hold }) => hold === null).map(({ id }) => id);
    if (ids.length > 0) for (const listener of this.listeners) listener(ids);
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  private forget(appId: string | null): void {
    if (appId === null) this.apps.clear();
    else this.apps.forget(appId);
    this.lookups.clear();
  }

  /**
   * Reads an app's endpoints if they differ from what is known: reading an app with many must not keep this process
   * busy.
   */
  private async load(appId: string, known: AppEndpoints | null): Promise<AppEndpoints | null> {
    // Read before the rows: changes in between are read again next time.
    const state = await this.store.stateOf(appId);
    if (!state) return null;
    if (state.fingerprint === known?.fingerprint) return known;
    const endpoints = await this.store.ofApp(appId, state.at);
    if (!endpoints) return null;
    if (this.owners.size > MAX_OWNERS) this.owners.clear();
    for (const { id } of endpoints) this.owners.set(id, appId);
    return indexed(endpoints, state.fingerprint);
  }
}

function tooLate(limitMs: number): Error {
  return new DatabaseTimeoutError('looking up an endpoint', limitMs);
}

function indexed(endpoints: ResolvedEndpoint[], fingerprint: string): AppEndpoints {
  const live = endpoints.filter(({ status }) => status !== 'removed');
  return {
    fingerprint,
    byCapability: new Map(live.map((endpoint) => [endpoint.capability, endpoint])),
    byId: new Map(endpoints.map((endpoint) => [endpoint.id, endpoint])),
  };
}
