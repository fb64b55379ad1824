import { isStorable } from '@breakwater/platform';

/** Whose items a watcher gets: of everything, or of one app. */
export type Scope = { kind: 'global' } | { kind: 'app'; appId: string };

const APP_ID_MAX = 255;

/** The scope that a client names: `'global'` or `{appId}`. Null where it names none. */
export function scopeOf(value: unknown): Scope | null {
  if (value === 'global') return { kind: 'global' };
  if (typeof value !== 'object' || value === null || !('appId' in value)) return null;
  const { appId } = value;
  if (typeof appId !== 'string' || appId.length === 0 || appId.length > APP_ID_MAX) return null;
  if (!isStorable(appId)) return null;
  return { kind: 'app', appId };
}

/** The app to whose rows a scope is limited; null: to none. */
export function appOf(scope: Scope): string | null {
  return scope.kind === 'app' ? scope.appId : null;
}
