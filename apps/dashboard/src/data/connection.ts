import { client } from '@breakwater/client/functions';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, toApiError } from './api-error.js';

/** How often what is on the screen is read again, ms. */
const REFRESH_MS = 30_000;
/** Younger data is not read again when a screen is opened, ms. */
const FRESH_MS = 5_000;

let portalToken: string | null = null;

/** The token of a portal link, sent with each request instead of a cookie: frames may have none. */
export function setPortalToken(token: string | null): void {
  portalToken = token;
}

export function credentials(): { apiKey?: string } {
  return portalToken === null ? {} : { apiKey: portalToken };
}

client.setConfig({ baseUrl: '', credentials: 'same-origin', throwOnError: true });
client.interceptors.request.use((request) => {
  if (portalToken !== null) request.headers.set('authorization', `Bearer ${portalToken}`);
  return request;
});
client.interceptors.error.use((error, response) => toApiError(error, response));

export function createQueryClient(): QueryClient {
  // A session that ended is noticed by any request: who is signed in is asked again, and the gate reacts.
  const onError = (error: unknown): void => {
    if (error instanceof ApiError && error.status === 401)
      void queries.invalidateQueries({ queryKey: ['session'] });
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        refetchInterval: REFRESH_MS,
        refetchIntervalInBackground: false,
        retry: (failures, error) => failures < 2 && isPassing(error),
        retryDelay: (failures) => 500 * 2 ** failures,
      },
      mutations: { retry: false },
    },
  });
  return queries;
}

/** Such an error may be gone at the next try. */
function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status === 502 || error.status === 503;
}
