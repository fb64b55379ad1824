import { Injectable } from '@nestjs/common';
import { isId } from '@breakwater/platform';
import { NotificationNotFoundError } from './notification-not-found.error.js';
import {
  NotificationsAdminStore,
  type NotificationSummary,
  type NotificationView,
} from './notifications-admin.store.js';
import { fromCursor, toCursor } from './page-cursor.js';

export interface NotificationFilter {
  channel?: string;
  kind?: string;
  appId?: string;
  /** pending, sent or failed. */
  status?: string;
  cursor?: string;
  /** 1 to 200, 50 when left out. */
  limit?: number;
}

export interface NotificationPage {
  items: NotificationSummary[];
  /** Where the next page starts; null on the last. */
  nextCursor: string | null;
}

/** What was told to whom, and what could not be. */
@Injectable()
export class NotificationsAdmin {
  constructor(private readonly store: NotificationsAdminStore) {}

  /** Newest first. A cursor that is none of ours has no page. */
  async list(filter: NotificationFilter = {}): Promise<NotificationPage> {
    const { channel, kind, appId, status, cursor } = filter;
    const limit = Math.min(Math.max(Math.trunc(filter.limit ?? 50) || 1, 1), 200);
    const after = cursor === undefined ? undefined : fromCursor(cursor);
    if (after === null) return { items: [], nextCursor: null };
    const rows = await this.store.list({ channel, kind, appId, status }, limit + 1, after);
    const items = rows.slice(0, limit);
    return { items, nextCursor: rows.length > limit ? toCursor(items.at(-1)!) : null };
  }

  /** @throws NotificationNotFoundError */
  async get(id: string): Promise<NotificationView> {
    const found = isId(id) ? await this.store.find(id) : null;
    if (!found) throw new NotificationNotFoundError(id);
    return found;
  }
}
