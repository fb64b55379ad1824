import { Group, NativeSelect, SimpleGrid, Stack } from '@mantine/core';
import { overviewOfAppOptions } from '@breakwater/client/queries';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useFilters } from '../../data/use-filters.js';
import { Answer } from '../../show/answer.js';
import { Panel } from '../../show/panel.js';
import { DurationsChart, EndsChart, ErrorsChart, StatusesChart } from '../../show/series/charts.js';
import { markersOf } from '../../show/series/series.js';
import { AppFrame } from './app-frame.js';
import { Capabilities } from './capabilities.js';
import { Changes } from './changes.js';
import { rangeOf, rangeQuery } from './range.js';
import { RANGE_NAMES, RangeBar } from './range-bar.js';
import { AppTabs } from './tabs/app-tabs.js';

const NAMES = [...RANGE_NAMES, 'capability'] as const;

/** How one app is, over time and by capability, and everything that belongs to it. */
export function App() {
  const { appId } = useParams({ strict: false }) as { appId: string };
  const filters = useFilters(NAMES);
  const { capability } = filters.values;
  const range = rangeQuery(rangeOf(filters.values));
  const ofRange = (only: { capability?: string }) => ({
    ...overviewOfAppOptions({ path: { appId }, query: { ...range, ...only } }),
    placeholderData: keepPreviousData,
  });
  const series = useQuery(ofRange(capability === undefined ? {} : { capability }));
  // The table compares all capabilities, also while the charts show one of them.
  const all = useQuery(ofRange({}));
  return (
    <AppFrame appId={appId}>
      <Group justify="space-between" align="flex-end">
        <RangeBar filters={filters} />
        {capability === undefined ? null : (
          <NativeSelect
            size="xs"
            label="Capability"
            value={capability}
            onChange={(event) => filters.set({ capability: event.currentTarget.value })}
            data={[{ value: '', label: 'All' }, capability]}
          />
        )}
      </Group>
      <Answer query={series} what="figures" height={520}>
        {({ totals, series: steps, markers }) => {
          const of = capability === undefined ? appId : `${appId} / ${capability}`;
          const shared = { of, totals, steps, markers: markersOf(markers, steps) };
          return (
            <Stack gap="md">
              <SimpleGrid cols={{ base: 1, md: 2 }}>
                <Panel title="How deliveries ended">
                  <EndsChart {...shared} />
                </Panel>
                <Panel title="Durations">
                  <DurationsChart {...shared} />
                </Panel>
                <Panel title="Status codes">
                  <StatusesChart {...shared} />
                </Panel>
                <Panel title="Error classes">
                  <ErrorsChart {...shared} />
                </Panel>
              </SimpleGrid>
              <Changes changes={markers} />
              <Capabilities appId={appId} numbers={all.data?.capabilities ?? []} filters={filters} />
            </Stack>
          );
        }}
      </Answer>
      <AppTabs appId={appId} />
    </AppFrame>
  );
}
