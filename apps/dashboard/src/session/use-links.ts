import { useMemo } from 'react';
import { withSearch } from '../data/search.js';
import { useScope } from './session.js';

type Filters = Record<string, string | number | undefined>;

/** Paths of screens within the scope of who looks: an owner stays in the portal of the app. */
export function useLinks() {
  const { base, isPortal } = useScope();
  return useMemo(() => {
    const at = (path: string, filters: Filters = {}): string => withSearch(`${base}${path}`, filters);
    const part = encodeURIComponent;
    return {
      home: at('/'),
      apps: (filters?: Filters) => at('/apps', filters),
      app: (appId: string, filters?: Filters) =>
        isPortal ? at('/', filters) : at(`/apps/${part(appId)}`, filters),
      breakers: (filters?: Filters) => at('/breakers', filters),
      breaker: (appId: string, capability: string) => at(`/breakers/${part(appId)}/${part(capability)}`),
      deliveries: (filters?: Filters) => at('/deliveries', filters),
      delivery: (id: string) => at(`/deliveries/${part(id)}`),
      deadLetters: (filters?: Filters) => at('/dead-letters', filters),
      deadLetter: (id: string) => at(`/dead-letters/${part(id)}`),
      bulkOperations: (filters?: Filters) => at('/bulk-operations', filters),
      bulkOperation: (id: string) => at(`/bulk-operations/${part(id)}`),
      events: (filters?: Filters) => at('/events', filters),
      event: (id: string) => at(`/events/${part(id)}`),
      inbound: (filters?: Filters) => at('/inbound', filters),
      source: (appId: string, source: string) => at(`/inbound/${part(appId)}/${part(source)}`),
      feed: (filters?: Filters) => at('/feed', filters),
      alerts: (filters?: Filters) => at('/alerts', filters),
      alert: (id: string) => at(`/alerts/${part(id)}`),
      alertRules: at('/alert-rules'),
      alertRule: (id: string) => at(`/alert-rules/${part(id)}`),
      manifest: (appId: string) => at(`/apps/${part(appId)}/manifest`),
      subscriptions: (appId: string) =>
        isPortal ? at('/subscriptions') : at(`/apps/${part(appId)}/subscriptions`),
      secrets: (appId: string) => (isPortal ? at('/secrets') : at(`/apps/${part(appId)}/secrets`)),
      conformance: (appId: string, run?: string) =>
        isPortal ? at('/conformance', { run }) : at(`/apps/${part(appId)}`, { tab: 'conformance', run }),
      health: (filters?: Filters) => at('/health', filters),
      system: at('/system'),
      register: at('/register'),
    };
  }, [base, isPortal]);
}
