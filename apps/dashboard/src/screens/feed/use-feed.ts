import { useCallback, useEffect, useRef, useState } from 'react';
import type { Socket } from 'socket.io-client';
import { credentials } from '../../data/connection.js';
import { useScope } from '../../session/session.js';
import {
  arrive,
  EMPTY,
  tick,
  type Connection,
  type FeedItem,
  type FeedRow,
  type Stream,
} from './feed-stream.js';

const SECOND_MS = 1000;
const ANSWERS_WITHIN_MS = 15_000;
/** After a reconnect all that arrives is shown, not a sample, for this long, ms. */
const CATCHES_UP_MS = 3000;
/** Refusals that may be over at the next try. */
const TEMPORARY = ['DATABASE_UNAVAILABLE', 'TIMEOUT', 'INTERNAL'];

type Subscribed = { ok: true; cursor: string } | { ok: false; code: string; detail: string };

interface Feed {
  stream: Stream;
  connection: Connection;
}

/** Follows the feed while the screen is open. After a lost connection it goes on after the last item. */
export function useFeed(
  isPaused: boolean,
  isWanted: (row: FeedRow) => boolean,
): Feed & { goOn: () => void; clear: () => void } {
  const { appId } = useScope();
  const [stream, setStream] = useState<Stream>(EMPTY);
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' });
  const wanted = useRef(isWanted);
  const paused = useRef(isPaused);
  const catchesUpUntil = useRef(0);
  useEffect(() => {
    wanted.current = isWanted;
    paused.current = isPaused;
  }, [isWanted, isPaused]);

  useEffect(() => {
    const timer = setInterval(() => {
      const isBehind = Date.now() < catchesUpUntil.current;
      setStream((before) => tick(before, paused.current ? 'paused' : isBehind ? 'whole' : 'sampled'));
    }, SECOND_MS);
    return () => clearInterval(timer);
  }, []);

  useEffect(() => {
    let isOver = false;
    let socket: Socket | undefined;
    const take = (rows: FeedRow[]): void =>
      setStream((before) => arrive(before, rows.filter(wanted.current)));
    const onRefused = (reason: string): void => {
      setConnection({ state: 'refused', reason });
      socket?.disconnect();
    };
    async function listen(): Promise<void> {
      const { io } = await import('socket.io-client');
      if (isOver) return;
      socket = io({ path: '/ws', transports: ['websocket'], forceNew: true, auth: credentials() });
      follow(socket, appId === null ? 'global' : { appId }, {
        take,
        onConnection: setConnection,
        onRefused,
        isOver: () => isOver,
        onCatchUp: () => (catchesUpUntil.current = Date.now() + CATCHES_UP_MS),
      });
    }
    void listen();
    return () => {
      isOver = true;
      socket?.disconnect();
    };
  }, [appId]);

  const goOn = useCallback(() => setStream((before) => tick(before, 'whole')), []);
  const clear = useCallback(() => setStream(EMPTY), []);
  return { stream, connection, goOn, clear };
}

interface Follower {
  take: (rows: FeedRow[]) => void;
  onConnection: (connection: Connection) => void;
  onRefused: (reason: string) => void;
  /** Whether nobody watches any more. */
  isOver: () => boolean;
  /** It begins with what happened while the connection was lost. */
  onCatchUp: () => void;
}

function follow(socket: Socket, scope: 'global' | { appId: string }, follower: Follower): void {
  let cursor: string | undefined;
  let gaps = 0;
  const note = (detail: string): void =>
    follower.take([{ kind: 'gap', key: `gap ${socket.id} ${++gaps}`, detail }]);
  const again = (reason: string): void => {
    follower.onConnection({ state: 'reconnecting', reason });
    // Socket.IO connects again by itself, except when the server ended the connection.
    setTimeout(() => {
      if (!socket.active && !follower.isOver()) socket.connect();
    }, SECOND_MS);
  };
  socket.on('ready', async () => {
    if (cursor !== undefined) follower.onCatchUp();
    const answer = await subscribe(socket, scope, cursor);
    if (answer.ok) {
      cursor ??= answer.cursor;
      follower.onConnection({ state: 'live' });
    } else if (TEMPORARY.includes(answer.code)) {
      socket.disconnect();
      again(answer.detail);
    } else follower.onRefused(answer.detail);
  });
  socket.on('refused', ({ code }: { code: string }) =>
    follower.onRefused(
      code === 'UNAUTHENTICATED'
        ? 'The session has ended. Sign in again.'
        : 'This key may not watch the feed.',
    ),
  );
  socket.on('feed.items', ({ items }: { items: FeedItem[] }) => {
    cursor = items.at(-1)?.cursor ?? cursor;
    follower.take(items.map((item) => ({ kind: 'item', key: item.cursor, item })));
  });
  socket.on('feed.gap', ({ detail }: { detail: string }) => note(detail));
  socket.on('feed.dropped', ({ detail }: { detail: string }) => note(detail));
  socket.on('connect_error', (error) => again(error.message));
  socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') again(reason);
  });
}

async function subscribe(
  socket: Socket,
  scope: 'global' | { appId: string },
  cursor: string | undefined,
): Promise<Subscribed> {
  try {
    return (await socket.timeout(ANSWERS_WITHIN_MS).emitWithAck('feed.subscribe', {
      scope,
      ...(cursor === undefined ? {} : { cursor }),
    })) as Subscribed;
  } catch {
    return { ok: false, code: 'TIMEOUT', detail: 'The subscription was not answered.' };
  }
}
