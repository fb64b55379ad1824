import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { generateSecret, SecretDamagedError } from '@breakwater/platform';
import { EndpointDirectory } from '../directory/endpoint-directory.service.js';
import type { Part } from '../grammar/inspect.js';
import type { Subscription } from '../grammar/manifest.js';
import {
  selectionProblems,
  subscriptionNameProblem,
  subscriptionProblems,
  toSubscription,
} from '../grammar/subscription-rules.js';
import { HeldByPlatformError } from '../holds/hold.error.js';
import { HoldStore, type HoldActor } from '../holds/hold.store.js';
import { AppRegistry, type RotatedSecret, type SecretRotation } from '../registry/app-registry.service.js';
import { UrlCheck } from '../registry/url-check.service.js';
import {
  SubscriptionDeclaredError,
  SubscriptionExistsError,
  SubscriptionInvalidError,
  SubscriptionNotFoundError,
  SubscriptionOfSourceError,
  SubscriptionsFullError,
} from './subscription.error.js';
import { SubscriptionStore, type StoredSubscription, type SubscriptionView } from './subscription.store.js';

/** Maximum number of subscriptions of one app that are created by REST. */
export const REST_SUBSCRIPTIONS_MAX = 1_000;

/** Which events a subscription takes. */
export interface Selection {
  events: string[];
  filter: Record<string, unknown> | null;
}

export interface SubscriptionToCreate {
  name: unknown;
  /** In the format of the manifest. */
  document: Part;
  /** Whether it is created as paused. */
  paused: boolean;
  /** Whether it gets its own signing secret. */
  ownSecret: boolean;
}

/** Creates and changes subscriptions by REST; pauses and disables all subscriptions of an app. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly store: SubscriptionStore,
    private readonly holds: HoldStore,
    private readonly apps: AppRegistry,
    private readonly directory: EndpointDirectory,
    private readonly urls: UrlCheck,
  ) {}

  /** @throws AppNotFoundError */
  async list(appId: string): Promise<SubscriptionView[]> {
    await this.apps.get(appId);
    return this.store.list(appId);
  }

  /** @throws SubscriptionNotFoundError */
  async get(appId: string, name: string): Promise<SubscriptionView> {
    return (await this.find(appId, name)).view;
  }

  /**
   * When this returns, the subscription misses no event.
   * @returns the subscription, with its own signing secret, which cannot be read again
   * @throws AppNotFoundError, SubscriptionInvalidError, SubscriptionExistsError, SubscriptionsFullError, SsrfBlockedError
   */
  async create(
    appId: string,
    { name, document, paused, ownSecret }: SubscriptionToCreate,
    actor: HoldActor,
  ): Promise<{ subscription: SubscriptionView; signingSecret: string | null }> {
    const subscription = await this.checked(appId, name, document);
    if ((await this.store.count(appId)) >= REST_SUBSCRIPTIONS_MAX)
      throw new SubscriptionsFullError(REST_SUBSCRIPTIONS_MAX);
    const secret = ownSecret ? generateSecret(randomBytes) : null;
    const isNew = await this.store.create({
      appId,
      subscription,
      secret,
      paused: paused ? { by: actor.name, reason: null, byPlatform: actor.isPlatform } : null,
    });
    if (!isNew) throw new SubscriptionExistsError(appId, subscription.name);
    await this.directory.announce(appId);
    return { subscription: await this.get(appId, subscription.name), signingSecret: secret };
  }

  /**
   * Changes the given members; null removes a member. Two changes at once are both made.
   * @throws SubscriptionNotFoundError, SubscriptionDeclaredError, SubscriptionOfSourceError, SubscriptionInvalidError,
   * SsrfBlockedError; SecretDamagedError if its headers cannot be decrypted and the change gives no others
   */
  async update(appId: string, name: string, changes: Part): Promise<SubscriptionView> {
    let isSaved = false;
    while (!isSaved) {
      const stored = await this.ofRest(appId, name);
      const { view, headers } = stored;
      if (headers instanceof SecretDamagedError && changes['headers'] === undefined) throw headers;
      const document = withChanges(documentOf(stored), changes);
      isSaved = await this.store.update(view, await this.checked(appId, name, document));
    }
    await this.directory.announce(appId);
    return this.get(appId, name);
  }

  /**
   * Types and filter of a subscription, as stored and with changes that are not stored.
   * @param changes what is undefined is as stored; null removes the filter
   * @throws SubscriptionNotFoundError, SubscriptionInvalidError
   */
  async draft(appId: string, name: string, changes: Part): Promise<{ stored: Selection; draft: Selection }> {
    const { view } = await this.find(appId, name);
    const stored = { events: view.events, filter: view.filter };
    const document = withChanges(stored, changes);
    const problems = selectionProblems(document, []);
    if (problems.length > 0) throw new SubscriptionInvalidError(problems);
    return { stored, draft: { filter: null, ...document } as Selection };
  }

  /** @throws SubscriptionNotFoundError, SubscriptionDeclaredError, SubscriptionOfSourceError */
  async remove(appId: string, name: string): Promise<void> {
    const { view } = await this.ofRest(appId, name);
    await this.store.remove(view.id);
    await this.directory.announce(appId);
  }

  /**
   * Creates a new signing secret of its own, shown only once. The previous one, or the app's where it had none of its
   * own, signs beside it for the overlap; also for a subscription that the manifest declares.
   * @throws SubscriptionNotFoundError, SubscriptionInvalidError, SigningSecretsFullError
   */
  async rotateSecret(appId: string, name: string, rotation: SecretRotation): Promise<RotatedSecret> {
    const { view } = await this.find(appId, name);
    return this.apps.rotateSigningSecret(appId, rotation, view.id);
  }

  /** Deliveries wait while paused, and the time does not count as age. @throws SubscriptionNotFoundError */
  async pause(
    appId: string,
    name: string,
    reason: string | null,
    actor: HoldActor,
  ): Promise<SubscriptionView> {
    const { view } = await this.find(appId, name);
    await this.holds.pause(view.id, reason, actor);
    await this.directory.announce(appId);
    return this.get(appId, name);
  }

  /** @throws SubscriptionNotFoundError; HeldByPlatformError if an admin paused it and the actor is an app's key */
  async resume(appId: string, name: string, actor: HoldActor): Promise<SubscriptionView> {
    const { view } = await this.find(appId, name);
    await this.holds.resume(view.id, actor);
    const after = await this.get(appId, name);
    if (after.pausedAt !== null)
      throw new HeldByPlatformError(`subscription "${name}"`, 'paused', after.pausedBy);
    await this.directory.letGo(appId);
    return after;
  }

  /** Events published after this are not delivered to it. @throws SubscriptionNotFoundError */
  async disable(appId: string, name: string, reason: string, actor: HoldActor): Promise<SubscriptionView> {
    const { view } = await this.find(appId, name);
    await this.holds.disable(view.id, reason, actor.name);
    await this.directory.announce(appId);
    return this.get(appId, name);
  }

  /** @throws SubscriptionNotFoundError; HeldByPlatformError if an admin disabled it and the actor is an app's key */
  async enable(appId: string, name: string, actor: HoldActor): Promise<SubscriptionView> {
    const { view } = await this.find(appId, name);
    await this.holds.enable(view.id, actor);
    const after = await this.get(appId, name);
    if (after.status === 'disabled')
      throw new HeldByPlatformError(`subscription "${name}"`, 'disabled', after.disabledBy);
    await this.directory.letGo(appId);
    return after;
  }

  private async find(appId: string, name: string): Promise<StoredSubscription> {
    const stored = await this.store.find(appId, name);
    if (!stored) throw new SubscriptionNotFoundError(appId, name);
    return stored;
  }

  private async ofRest(appId: string, name: string): Promise<StoredSubscription> {
    const stored = await this.find(appId, name);
    const { managedBy } = stored.view;
    if (managedBy === 'manifest') throw new SubscriptionDeclaredError(appId, name);
    if (managedBy === 'source') throw new SubscriptionOfSourceError(appId, name);
    return stored;
  }

  private async checked(appId: string, name: unknown, document: Part): Promise<Subscription> {
    const { baseUrl } = await this.apps.get(appId);
    const nameProblem = subscriptionNameProblem(name, ['name']);
    const problems = [...(nameProblem ? [nameProblem] : []), ...subscriptionProblems(document, baseUrl, [])];
    if (problems.length > 0) throw new SubscriptionInvalidError(problems);
    const subscription = toSubscription(name as string, document, baseUrl);
    await this.urls.require([{ pointer: '/url', url: subscription.url }]);
    return subscription;
  }
}

/** Absent members do not change, null removes a member. */
function withChanges(document: Part, changes: Part): Part {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const changed = Object.entries({ ...document, ...given });
  return Object.fromEntries(changed.filter(([, value]) => value !== null));
}

/** The current state in the format of the manifest. */
function documentOf({ view, headers }: StoredSubscription): Part {
  const { url, events, filter, description, retry, rateLimitPerSecond, concurrency, ordered } = view;
  const { timeoutMs, signatures } = view;
  return {
    url,
    events,
    filter,
    description,
    retry,
    rateLimitPerSecond,
    concurrency,
    ordered,
    timeout: timeoutMs,
    headers,
    signatures,
  };
}
