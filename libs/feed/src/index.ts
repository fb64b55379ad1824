export { formatCursor, parseCursor, type Position } from './cursor.js';
export { FeedAudience, type Dropped } from './feed-audience.service.js';
export { FeedHub } from './feed-hub.service.js';
export { FeedModule } from './feed.module.js';
export { FeedStore } from './feed.store.js';
export type { Gap } from './gap.js';
export { FEED_STATUSES, type FeedItem, type FeedStatus } from './item.js';
export { scopeOf, type Scope } from './scope.js';
