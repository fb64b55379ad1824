import { sessionRemove, sessionGet, sessionCreate, type SessionDto } from '@breakwater/client/functions';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { ApiError } from '../data/api-error.js';

export type Capability = 'view' | 'redeliver' | 'resolve' | 'manageSubscriptions' | 'rotateSecrets' | 'test';

/** Who is signed in, and what they may do. */
export type Session = Pick<SessionDto, 'kind' | 'name' | 'scopes' | 'appId' | 'capabilities' | 'expiresAt'>;

export const sessionOptions = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      const { data } = await sessionGet({ throwOnError: true });
      return data;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export async function signIn(key: string): Promise<void> {
  await sessionCreate({ body: { key }, throwOnError: true });
}

/** Forgets the cookie and everything that was read with it. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await sessionRemove({ throwOnError: true });
    queries.clear();
    window.location.assign('/sign-in');
  };
}

export function useSession() {
  return useQuery(sessionOptions);
}

/** Where the screens are: an operator sees all apps, an owner one app by a portal link. */
export interface Scope {
  isPortal: boolean;
  /** The only app that is seen; null: all. */
  appId: string | null;
  may: (capability: Capability) => boolean;
  /** Begin of the paths of this scope: '' or '/portal/shop'. */
  base: string;
}

const EVERYTHING: Scope = { isPortal: false, appId: null, may: () => true, base: '' };

export const ScopeContext = createContext<Scope>(EVERYTHING);

export function useScope(): Scope {
  return useContext(ScopeContext);
}

/** What the holder of a session or a portal link sees. */
export function scopeOf({ kind, scopes, appId, capabilities }: Session): Scope {
  if (kind === 'portal') {
    return {
      isPortal: true,
      appId,
      may: (capability) => capabilities?.includes(capability) ?? false,
      base: `/portal/${encodeURIComponent(appId ?? '')}`,
    };
  }
  const mayChange = scopes.some((scope) => scope === 'admin' || scope === 'app');
  return { isPortal: false, appId, may: (capability) => capability === 'view' || mayChange, base: '' };
}
