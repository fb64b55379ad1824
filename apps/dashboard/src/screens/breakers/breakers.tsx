import { SimpleGrid, Text } from '@mantine/core';
import { breakersList } from '@breakwater/client/functions';
import type { BreakerDto } from '@breakwater/client';
import { useFilters } from '../../data/use-filters.js';
import { usePages, type Pages } from '../../data/use-pages.js';
import { useScope } from '../../session/session.js';
import { Answer } from '../../show/answer.js';
import { FilterBar, type FilterField } from '../../show/filter-bar.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { More } from '../../show/rows.js';
import { BreakerCard } from './breaker-card.js';
import { useIsAdmin } from '../../session/use-is-admin.js';

type State = 'open' | 'half_open' | 'closed';
const TITLES: Record<State, string> = { open: 'Open', half_open: 'Half-open', closed: 'Closed' };
const STATES = Object.keys(TITLES) as State[];
const PAGE = 60;

const STATE: FilterField<'state'> = {
  name: 'state',
  label: 'State',
  options: STATES.map((state) => ({ value: state, label: TITLES[state] })),
};
const APP: FilterField<'appId'> = { name: 'appId', label: 'App' };
const FORCED: FilterField<'forced'> = {
  name: 'forced',
  label: 'Decided by',
  options: [
    { value: 'true', label: 'A person (forced)' },
    { value: 'false', label: 'Calls (automatic)' },
  ],
};

/** Every breaker that ever had a failure, the open ones first. */
export function Breakers() {
  const { appId, isPortal } = useScope();
  const filters = useFilters(['state', 'appId', 'forced']);
  const mayAct = useIsAdmin();
  const of = { appId: appId ?? filters.values.appId, forced: filters.values.forced };
  const lists = {
    open: useList('open', of),
    half_open: useList('half_open', of),
    closed: useList('closed', of),
  };
  const shown = STATES.filter(
    (state) => filters.values.state === undefined || filters.values.state === state,
  );
  const isNothing = shown.every((state) => lists[state].query.data?.length === 0);
  return (
    <Page
      title="Breakers"
      about={
        isPortal
          ? 'A breaker stops calls to a capability that fails, and tests with single calls whether it is healthy again.'
          : 'One for each app and capability. A capability that never failed is closed and not listed.'
      }
    >
      <FilterBar filters={filters} fields={appId === null ? [STATE, APP, FORCED] : [STATE, FORCED]} />
      {isNothing ? (
        <Answer
          query={lists[shown[0] ?? 'open'].query}
          what="breakers"
          isEmpty={() => true}
          isFiltered={filters.isActive}
          onClearFilters={filters.clear}
          empty={<Text>A breaker is listed from the first failed call of its capability on.</Text>}
        >
          {() => null}
        </Answer>
      ) : (
        shown.map((state) => (
          <Panel key={state} title={TITLES[state]}>
            <Cards state={state} list={lists[state]} mayAct={mayAct} />
          </Panel>
        ))
      )}
    </Page>
  );
}

const idOf = ({ appId, capability }: BreakerDto): string => `${appId} ${capability}`;

interface Of {
  appId: string | undefined;
  forced: string | undefined;
}

function useList(state: State, { appId, forced }: Of): Pages<BreakerDto> {
  return usePages<BreakerDto>(
    ['breakers', state, appId ?? '', forced ?? ''],
    async (cursor, signal) => {
      const query = {
        state,
        limit: PAGE,
        ...(appId === undefined ? {} : { appId }),
        ...(forced === undefined ? {} : { forced: forced as 'true' | 'false' }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      return (await breakersList({ query, signal, throwOnError: true })).data;
    },
    idOf,
    true,
  );
}

interface CardsProps {
  state: State;
  list: Pages<BreakerDto>;
  mayAct: boolean;
}

function Cards({ state, list, mayAct }: CardsProps) {
  const word = TITLES[state].toLowerCase();
  return (
    <Answer query={list.query} what={`${word} breakers`} height={120}>
      {(breakers) =>
        breakers.length === 0 ? (
          <Text size="sm" className="dimmed">
            {state === 'closed' ? 'No breaker that failed before is closed.' : `No breaker is ${word}.`}
          </Text>
        ) : (
          <>
            <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }} spacing="sm">
              {breakers.map((breaker) => (
                <BreakerCard key={idOf(breaker)} breaker={breaker} mayAct={mayAct} />
              ))}
            </SimpleGrid>
            <More
              shown={breakers.length}
              what={`${word} breakers, by app and capability`}
              hasMore={list.hasMore}
              isLoading={list.isLoadingMore}
              onMore={list.loadMore}
            />
          </>
        )
      }
    </Answer>
  );
}
