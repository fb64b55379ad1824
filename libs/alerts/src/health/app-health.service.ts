import { Injectable } from '@nestjs/common';
import { AppNotFoundError } from '@breakwater/manifest';
import { HintBus } from '@breakwater/platform';
import { AppNotCheckedError } from './app-health.error.js';
import { HealthStore, type AppHealth, type HealthFilter, type UptimeDay } from './health.store.js';

/** A check of an app is due before its turn. */
export const HEALTH_CHANNEL = 'app_health';

/** The health of the apps, for operators. */
@Injectable()
export class AppHealthReader {
  constructor(
    private readonly store: HealthStore,
    private readonly hints: HintBus,
  ) {}

  /** Active apps, by id. An app that was not checked yet is `unknown`. */
  async list(filter: HealthFilter): Promise<AppHealth[]> {
    return this.store.list(filter);
  }

  /** @throws AppNotFoundError */
  async get(appId: string): Promise<AppHealth> {
    const found = await this.store.get(appId);
    if (!found) throw new AppNotFoundError(appId);
    return found;
  }

  /** Its checks by UTC day, oldest first, today the last. @throws AppNotFoundError */
  async uptime(appId: string, days: number): Promise<UptimeDay[]> {
    await this.get(appId);
    return this.store.uptime(appId, days);
  }

  /** A worker checks it within a few seconds. @throws AppNotFoundError; AppNotCheckedError */
  async checkNow(appId: string): Promise<AppHealth> {
    await this.get(appId);
    if (!(await this.store.checkNow(appId))) throw new AppNotCheckedError(appId);
    await this.hints.publish(HEALTH_CHANNEL, appId);
    return this.get(appId);
  }
}
