import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useScope } from '../session/session.js';
import { credentials } from './connection.js';

/** At most once in this time the screen is read again because something happened, ms. */
const CALM_MS = 3000;

/**
 * Reads what is on the screen again when something happens. The feed is only a hint: without it the screen is renewed
 * every 30 s. A query with `meta: { isSlow: true }` is about what changes seldom: hints do not renew it.
 */
export function useFeedHints(): void {
  const queries = useQueryClient();
  const { appId } = useScope();
  useEffect(() => {
    let isOver = false;
    let disconnect = (): void => undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const renew = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({
          predicate: ({ queryKey, meta }) =>
            queryKey[0] !== 'session' && queryKey[0] !== 'pages' && !meta?.['isSlow'],
        });
      }, CALM_MS);
    };
    async function listen(): Promise<void> {
      const { io } = await import('socket.io-client');
      if (isOver) return;
      const socket = io({ path: '/ws', transports: ['websocket'], auth: credentials() });
      disconnect = () => void socket.disconnect();
      const scope = appId === null ? 'global' : { appId };
      socket.on('ready', () => void socket.emitWithAck('feed.subscribe', { scope }));
      socket.on('feed.items', renew);
    }
    void listen();
    return () => {
      isOver = true;
      clearTimeout(timer);
      disconnect();
    };
  }, [queries, appId]);
}
