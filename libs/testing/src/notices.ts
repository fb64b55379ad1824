import type { Notices } from '@breakwater/notifications';
import type { Database, Env } from '@breakwater/platform';
import { BreakerNoticesStore } from '../../notifications/src/breaker-notices/breaker-notices.store.js';
import { BreakerNotices } from '../../notifications/src/breaker-notices/breaker-notices.service.js';
import { NoticesStore } from '../../notifications/src/notices/notices.store.js';
import { OutboxNotices } from '../../notifications/src/notices/outbox-notices.service.js';
import type { ChatTransport } from '../../notifications/src/outbox/chat-transport.js';
import {
  NotificationOutbox,
  type OutboxOptions,
} from '../../notifications/src/outbox/notification-outbox.service.js';
import { NotificationStore } from '../../notifications/src/outbox/notification.store.js';
import { SmtpTransport, type SmtpOptions } from '../../notifications/src/outbox/smtp-transport.service.js';
import type { World } from './world.js';

export function noticesIn(world: World, env: Env = {}): Notices {
  return new OutboxNotices(new NoticesStore(), world.config(env));
}

export function breakerNoticesIn(world: World, env: Env = {}, database = world.database): BreakerNotices {
  return new BreakerNotices(new BreakerNoticesStore(database), noticesIn(world, env), world.config(env));
}

/** @param url of the mail server; null: none is configured */
export function outboxIn(
  world: World,
  url: string | null,
  options: OutboxOptions & Omit<SmtpOptions, 'target'> & { database?: Database; chats?: ChatTransport } = {},
): NotificationOutbox {
  const target = url === null ? null : { url, from: 'Breakwater <breakwater@platform.example>' };
  const store = new NotificationStore(options.database ?? world.database);
  const mails = new SmtpTransport({ ...options, target });
  return new NotificationOutbox(store, mails, options.chats ?? null, options);
}
