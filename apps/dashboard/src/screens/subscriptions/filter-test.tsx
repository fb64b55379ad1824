import { subscriptiontestsTestFilter } from '@breakwater/client/functions';
import { Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../../data/api-error.js';
import { plural } from '../../show/format.js';
import type { ReadFilter } from './read-filter.js';

interface Props {
  appId: string;
  name: string;
  events: string[];
  filter: ReadFilter;
}

/** Says while it is typed which events of the last 24 h a filter would take. */
export function FilterTest({ appId, name, events, filter }: Props) {
  const draft = JSON.stringify({ events, filter: filter.value });
  const [settled] = useDebouncedValue(draft, 500);
  const test = useQuery({
    queryKey: ['filter-test', appId, name, settled],
    queryFn: async ({ signal }) => {
      const body = JSON.parse(settled) as { events: string[]; filter: Record<string, unknown> | null };
      return (await subscriptiontestsTestFilter({ path: { appId, name }, body, signal, throwOnError: true }))
        .data;
    },
    enabled: filter.problem === null && events.length > 0,
    refetchInterval: false,
    staleTime: 30_000,
  });
  if (filter.problem !== null || events.length === 0) return null;
  if (test.error)
    return (
      <Text size="sm" role="status" style={{ color: 'var(--tone-danger)' }}>
        {test.error instanceof ApiError
          ? (test.error.problems[0]?.message ?? test.error.detail)
          : 'The filter could not be tested.'}
      </Text>
    );
  if (!test.data)
    return (
      <Text size="sm" className="dimmed">
        Testing the filter …
      </Text>
    );
  const { tested, cut, taken, newlyTaken, noLongerTaken } = test.data;
  return (
    <Text size="sm" role="status">
      {`Of the ${cut ? 'latest ' : ''}${plural(tested, 'event')} of the last 24 h it takes ${taken.count}: ${newlyTaken.count} more and ${noLongerTaken.count} fewer than now.`}
    </Text>
  );
}
