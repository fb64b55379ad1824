import { Button, SimpleGrid, Text } from '@mantine/core';
import { breakersList } from '@breakwater/client';
import type { BreakerDto } from '@breakwater/client';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
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
  const shown = STATES.filter(
    (state) => filters.values.state === undefined || filters.values.state === state,
  );
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
      {shown.map((state) => (
        <Panel key={state} title={TITLES[state]}>
          <Cards
            state={state}
            appId={appId ?? filters.values.appId}
            forced={filters.values.forced as 'true' | 'false' | undefined}
            mayAct={mayAct}
          />
        </Panel>
      ))}
      {filters.isActive ? (
        <Button variant="default" size="xs" onClick={filters.clear} style={{ alignSelf: 'flex-start' }}>
          Show all breakers
        </Button>
      ) : null}
    </Page>
  );
}

interface Listed {
  state: State;
  appId: string | undefined;
  forced: 'true' | 'false' | undefined;
  mayAct: boolean;
}

const idOf = ({ appId, capability }: BreakerDto): string => `${appId} ${capability}`;

function Cards({ state, appId, forced, mayAct }: Listed) {
  const list = usePages<BreakerDto>(
    ['breakers', state, appId ?? '', forced ?? ''],
    async (cursor, signal) => {
      const query = {
        state,
        limit: PAGE,
        ...(appId === undefined ? {} : { appId }),
        ...(forced === undefined ? {} : { forced }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      return (await breakersList({ query, signal, throwOnError: true })).data;
    },
    idOf,
    true,
  );
  return (
    <Answer query={list.query} what={`${TITLES[state].toLowerCase()} breakers`} height={120}>
      {(breakers) =>
        breakers.length === 0 ? (
          <Text size="sm" className="dimmed">
            {state === 'closed'
              ? 'No closed breaker ever had a failure.'
              : `No breaker is ${TITLES[state].toLowerCase()}.`}
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
              what={`${TITLES[state].toLowerCase()} ${breakers.length === 1 ? 'breaker' : 'breakers'}, by app and capability`}
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
