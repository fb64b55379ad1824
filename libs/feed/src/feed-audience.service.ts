import type { FeedItem } from './item.js';
import type { Gap } from './gap.js';

/** Why a watcher was disconnected. */
export interface Dropped {
  reason: 'slow_reader';
  /** One sentence. */
  detail: string;
  /** After what was handed to the connection. */
  cursor: string;
}

/** The connections of this process, by id. An id that is gone has no pending bytes, and nothing is sent to it. */
export abstract class FeedAudience {
  /** Sends the same to several. */
  abstract send(ids: readonly string[], items: readonly FeedItem[]): void;
  abstract sendGap(id: string, gap: Gap): void;
  /** Bytes that its network did not take yet. */
  abstract pendingBytes(id: string): number;
  /** Disconnects it, with the reason if it still reads. */
  abstract drop(id: string, why: Dropped): void;
}
