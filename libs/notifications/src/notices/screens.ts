/** Paths of the dashboard's screens and of the portal, for the links of notices. */

export function appScreen(appId: string): string {
  return `/apps/${encodeURIComponent(appId)}`;
}

export function breakerScreen(appId: string, capability: string): string {
  return `/breakers/${encodeURIComponent(appId)}/${encodeURIComponent(capability)}`;
}

export function portalScreen(appId: string): string {
  return `/portal/${encodeURIComponent(appId)}`;
}

/** What a list is limited to; null and absent: to nothing. */
export interface OfList {
  app?: string | null;
  capability?: string | null;
  status?: string;
}

/** A list, limited to an app or one of its capabilities. */
export function listScreen(
  list: 'alerts' | 'breakers' | 'dead-letters' | 'deliveries' | 'system',
  of: OfList = {},
): string {
  const { app: appId, ...others } = of;
  const filters = Object.entries({ appId, ...others });
  const known = filters.filter((entry): entry is [string, string] => Boolean(entry[1]));
  const query = known.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return query === '' ? `/${list}` : `/${list}?${query}`;
}
