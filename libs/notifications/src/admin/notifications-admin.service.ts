import { Injectable } from '@nestjs/common';
import { isId, pageOf, pageSize, type Page, type PageRequest } from '@breakwater/platform';
import { NotificationNotFoundError } from './notification-not-found.error.js';
import {
  NotificationsAdminStore,
  type NotificationSummary,
  type NotificationView,
} from './notifications-admin.store.js';
import { fromCursor, toCursor } from './page-cursor.js';

export interface NotificationFilter extends PageRequest {
  channel?: string;
  kind?: string;
  appId?: string;
  /** pending, sent or failed. */
  status?: string;
}

/** Which notifications were sent to whom, and which failed. */
@Injectable()
export class NotificationsAdmin {
  constructor(private readonly store: NotificationsAdminStore) {}

  /** Newest first. An invalid cursor has no page. */
  async list(filter: NotificationFilter = {}): Promise<Page<NotificationSummary>> {
    const { channel, kind, appId, status, cursor } = filter;
    const limit = pageSize(filter);
    const after = cursor === undefined ? undefined : fromCursor(cursor);
    if (after === null) return { items: [], nextCursor: null };
    const rows = await this.store.list({ channel, kind, appId, status }, limit + 1, after);
    return pageOf(rows, limit, toCursor);
  }

  /** Of one alert, oldest first, at most 200. @param since when it fired */
  async ofAlert(alertId: string, since: Date): Promise<NotificationSummary[]> {
    return this.store.ofAlert(alertId, since);
  }

  /** @throws NotificationNotFoundError */
  async get(id: string): Promise<NotificationView> {
    const found = isId(id) ? await this.store.find(id) : null;
    if (!found) throw new NotificationNotFoundError(id);
    return found;
  }
}
