import type { ApiError } from '@breakwater/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { Socket } from 'socket.io-client';
import { askSocket, connectSocket } from './api-socket.service.js';
import { Failure } from './failures.js';
import type { FeedItem } from './feed-line.js';
import { plainText } from './plain-text.js';
import { isTemporary, socketRefusal } from './socket-refusal.js';

export interface Gap {
  skipped: number | null;
  reason: string;
  detail: string;
}

/** What a stream gives its reader, in order. */
export interface FeedReader {
  item(item: FeedItem): void;
  gap(gap: Gap): void;
  /** About the connection. */
  note(text: string): void;
}

export interface FeedRequest {
  url: string;
  key: string | undefined;
  appId: string | undefined;
  /** To go on after an item that was seen earlier. */
  cursor: string | undefined;
}

type Subscribed = { ok: true; cursor: string } | { ok: false; code: string; detail: string };

const CONNECTS_AGAIN_MS = 1_000;
const NEEDS_APP =
  'the feed of everything needs a key with scope admin; with another key name an app by --app';
const REFUSED = 'The feed was refused';

/**
 * Follows the feed until `ended` aborts. After a lost connection it connects again with the cursor of the last item.
 * @throws Failure when the first connection fails; ApiError when the key may not watch this
 */
export async function followFeed(
  request: FeedRequest,
  reader: FeedReader,
  ended: AbortSignal,
): Promise<void> {
  const place = { cursor: request.cursor };
  let wasConnected = false;
  let noted: string | undefined;
  while (!ended.aborted) {
    const socket = connectSocket(request);
    const lost = await followSocket(socket, { request, place, reader, ended });
    socket.disconnect();
    if (ended.aborted) return;
    if (lost.refusal) throw lost.refusal;
    wasConnected ||= lost.wasConnected;
    if (!wasConnected) throw new Failure(`cannot reach ${request.url}: ${lost.reason}`);
    // While it stays lost, the reason is said once.
    if (lost.wasSubscribed) noted = undefined;
    if (lost.reason !== noted) reader.note(`connection lost (${plainText(lost.reason)}), connecting again`);
    noted = lost.reason;
    await delay(CONNECTS_AGAIN_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

interface Lost {
  reason: string;
  wasConnected: boolean;
  wasSubscribed: boolean;
  /** Trying again gives the same. */
  refusal?: ApiError;
}

interface Following {
  request: FeedRequest;
  place: { cursor: string | undefined };
  reader: FeedReader;
  ended: AbortSignal;
}

/** One connection. @returns why it is over */
async function followSocket(socket: Socket, { request, place, reader, ended }: Following): Promise<Lost> {
  const over = new AbortController();
  const lost = await new Promise<Lost>((resolve) => {
    let wasConnected = false;
    let wasSubscribed = false;
    const lose = (reason: string, refusal?: ApiError): void =>
      resolve({ reason, wasConnected, wasSubscribed, ...(refusal ? { refusal } : {}) });
    ended.addEventListener('abort', () => lose('ended'), { once: true, signal: over.signal });
    socket.on('connect_error', (error) => lose(error.message));
    socket.on('disconnect', (reason) => lose(reason));
    socket.on('refused', ({ code }: { code: string }) =>
      lose(code, socketRefusal(REFUSED, { code, detail: 'the key is not accepted' })),
    );
    socket.on('feed.gap', (gap: Gap) => reader.gap(gap));
    socket.on('feed.dropped', ({ detail }: { detail: string }) => reader.note(plainText(detail)));
    socket.on('feed.items', ({ items }: { items: FeedItem[] }) => {
      wasSubscribed = true;
      for (const item of items) {
        if (ended.aborted) return;
        place.cursor = item.cursor;
        reader.item(item);
      }
    });
    socket.on('ready', async () => {
      wasConnected = true;
      const { cursor } = place;
      const answer = await subscribe(socket, request, cursor);
      if (answer.ok) {
        wasSubscribed = true;
        place.cursor ??= answer.cursor;
      } else if (isTemporary(answer)) lose(answer.detail);
      else if (answer.code === 'FORBIDDEN' && request.appId === undefined)
        lose(answer.code, socketRefusal(REFUSED, { code: answer.code, detail: NEEDS_APP }));
      else lose(answer.code, socketRefusal(REFUSED, answer));
    });
  });
  over.abort();
  return lost;
}

async function subscribe(
  socket: Socket,
  { appId }: FeedRequest,
  cursor: string | undefined,
): Promise<Subscribed> {
  const scope = appId === undefined ? 'global' : { appId };
  return askSocket<Subscribed>(socket, 'feed.subscribe', { scope, cursor });
}
