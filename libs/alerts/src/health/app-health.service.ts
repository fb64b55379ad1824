import { Injectable } from '@nestjs/common';
import { AppNotFoundError } from '@breakwater/manifest';
import { HealthStore, type AppHealth, type HealthFilter } from './health.store.js';

/** The health of the apps, for operators. */
@Injectable()
export class AppHealthReader {
  constructor(private readonly store: HealthStore) {}

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
}
