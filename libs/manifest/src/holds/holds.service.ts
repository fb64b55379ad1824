import { Injectable } from '@nestjs/common';
import { EndpointDirectory } from '../directory/endpoint-directory.service.js';
import { AppRegistry } from '../registry/app-registry.service.js';
import { CapabilityNotFoundError } from '../registry/app.error.js';
import type { AppView } from '../registry/app.store.js';
import { HeldByPlatformError } from './hold.error.js';
import { HoldStore, type CapabilityView, type HoldActor } from './hold.store.js';

/**
 * Pauses and resumes apps and their capabilities, disables and enables capabilities. A repeated request has no further
 * effect. Every process knows within moments, and within 5 s if the hint is lost; after the commit no claim is given
 * out.
 * @see docs/adr/0026-an-endpoints-clock.md
 */
@Injectable()
export class Holds {
  constructor(
    private readonly store: HoldStore,
    private readonly apps: AppRegistry,
    private readonly directory: EndpointDirectory,
  ) {}

  /** @throws AppNotFoundError */
  async pauseApp(appId: string, reason: string | null, actor: HoldActor): Promise<AppView> {
    await this.apps.get(appId);
    await this.store.pauseApp(appId, reason, actor);
    await this.directory.announce(appId);
    return this.apps.get(appId);
  }

  /** @throws AppNotFoundError; HeldByPlatformError when an app's key is used and an admin paused it */
  async resumeApp(appId: string, actor: HoldActor): Promise<AppView> {
    await this.apps.get(appId);
    await this.store.resumeApp(appId, actor);
    const app = await this.apps.get(appId);
    if (app.pausedAt !== null) throw new HeldByPlatformError(`app "${appId}"`, 'paused', app.pausedBy);
    await this.directory.letGo(appId);
    return app;
  }

  /** All of an app's endpoints. @throws AppNotFoundError */
  async capabilities(appId: string): Promise<CapabilityView[]> {
    await this.apps.get(appId);
    return this.store.list(appId);
  }

  /** @throws CapabilityNotFoundError */
  async pause(
    appId: string,
    capability: string,
    reason: string | null,
    actor: HoldActor,
  ): Promise<CapabilityView> {
    const { id } = await this.find(appId, capability);
    await this.store.pause(id, reason, actor);
    await this.directory.announce(appId);
    return this.find(appId, capability);
  }

  /** @throws CapabilityNotFoundError; HeldByPlatformError when an app's key is used and an admin paused it */
  async resume(appId: string, capability: string, actor: HoldActor): Promise<CapabilityView> {
    const { id } = await this.find(appId, capability);
    await this.store.resume(id, actor);
    const view = await this.find(appId, capability);
    if (view.pausedAt !== null) throw new HeldByPlatformError(`"${capability}"`, 'paused', view.pausedBy);
    await this.directory.letGo(appId);
    return view;
  }

  /** @throws CapabilityNotFoundError */
  async disable(
    appId: string,
    capability: string,
    reason: string,
    actor: HoldActor,
  ): Promise<CapabilityView> {
    const { id } = await this.find(appId, capability);
    await this.store.disable(id, reason, actor.name);
    await this.directory.announce(appId);
    return this.find(appId, capability);
  }

  /**
   * Enables it again after a 410 or after an admin disabled it.
   * @throws CapabilityNotFoundError; HeldByPlatformError when an app's key is used and an admin disabled it
   */
  async enable(appId: string, capability: string, actor: HoldActor): Promise<CapabilityView> {
    const { id } = await this.find(appId, capability);
    await this.store.enable(id, actor);
    const view = await this.find(appId, capability);
    if (view.status === 'disabled')
      throw new HeldByPlatformError(`"${capability}"`, 'disabled', view.disabledBy);
    await this.directory.letGo(appId);
    return view;
  }

  private async find(appId: string, capability: string): Promise<CapabilityView> {
    const view = await this.store.find(appId, capability);
    if (!view) throw new CapabilityNotFoundError(appId, capability);
    return view;
  }
}
