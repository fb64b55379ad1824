import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Search } from './search.js';

export interface Filters<Name extends string> {
  /** What is set. */
  values: Partial<Record<Name, string>>;
  isActive: boolean;
  /** Replaces the given ones; an empty text removes one. */
  set: (change: Partial<Record<Name, string | null>>) => void;
  clear: () => void;
}

/** The filters with these names in the URL of the screen. Other parts of the query stay as they are. */
export function useFilters<Name extends string>(names: readonly Name[]): Filters<Name> {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const key = names.join(' ');
  const values = useMemo(() => {
    const picked: Partial<Record<Name, string>> = {};
    for (const name of key.split(' ') as Name[]) {
      if (search[name] !== undefined) picked[name] = search[name];
    }
    return picked;
  }, [search, key]);

  const set = useCallback(
    (change: Partial<Record<Name, string | null>>) => {
      void navigate({
        to: '.',
        replace: true,
        search: (before: Search) => ({ ...before, ...change }),
      });
    },
    [navigate],
  );
  const clear = useCallback(() => {
    set(Object.fromEntries((key.split(' ') as Name[]).map((name) => [name, null])) as never);
  }, [set, key]);
  return { values, isActive: Object.keys(values).length > 0, set, clear };
}
