import { appsListOptions } from '@breakwater/client/queries';
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useFilters } from '../data/use-filters.js';
import { useScope } from '../session/session.js';

const APPS_MAX = 200;

/** The app a screen is about where it is always about one: of the portal, of the URL, or the first. */
export function useAppChoice() {
  const scope = useScope();
  const { values, set } = useFilters(['app']);
  const apps = useQuery({
    ...appsListOptions({ query: { limit: APPS_MAX } }),
    enabled: scope.appId === null,
  });
  const appId = scope.appId ?? values.app ?? apps.data?.items[0]?.id ?? null;
  return { appId, apps, choose: (app: string) => set({ app }) };
}

/** Chooses it. Nothing in a portal, which has one app. */
export function AppChoice({ choice: { appId, apps, choose } }: { choice: ReturnType<typeof useAppChoice> }) {
  const scope = useScope();
  if (scope.appId !== null || !apps.data) return null;
  const known = apps.data.items.map(({ id, name }) => ({
    value: id,
    label: name === id ? id : `${name} (${id})`,
  }));
  const isKnown = known.some(({ value }) => value === appId);
  return (
    <NativeSelect
      label="App"
      size="xs"
      maw={280}
      data-filter
      value={appId ?? ''}
      onChange={(event) => choose(event.currentTarget.value)}
      data={isKnown || appId === null ? known : [{ value: appId, label: appId }, ...known]}
    />
  );
}
