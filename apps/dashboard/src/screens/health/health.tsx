import { Text } from '@mantine/core';
import { apphealthList, type AppHealthDto } from '@breakwater/client/functions';
import { useMemo } from 'react';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Countdown, Time } from '../../show/clock.js';
import { FilterBar, type FilterField } from '../../show/filter-bar.js';
import { formatDuration } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Page } from '../../show/page.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { CheckNow } from './check-now.js';
import { UptimeStrip } from './uptime-strip.js';

const STATUSES = ['healthy', 'degraded', 'unhealthy', 'unknown'] as const;
const FIELDS: readonly FilterField<'status'>[] = [
  { name: 'status', label: 'Status', options: STATUSES.map((status) => ({ value: status, label: status })) },
];
/** Each row asks for its own days. */
const LIMIT = 20;

/** What the health checks of all active apps say. */
export function Health() {
  const links = useLinks();
  const { may } = useScope();
  const filters = useFilters<'status'>(['status']);
  const status = STATUSES.find((one) => one === filters.values.status);
  const pages = usePages<AppHealthDto>(
    ['app-health', status],
    async (cursor, signal) => {
      const query = { status, cursor, limit: LIMIT };
      const { data } = await apphealthList({ query, signal, throwOnError: true });
      return data;
    },
    idOf,
    true,
  );
  const columns = useMemo<Column<AppHealthDto>[]>(
    () => [
      {
        id: 'app',
        title: 'App',
        cell: ({ appId }) => (
          <Go to={links.app(appId, { tab: 'health' })} className="breakable">
            {appId}
          </Go>
        ),
      },
      { id: 'status', title: 'Status', cell: (row) => <Status health={row} /> },
      { id: 'uptime', title: '90 days', cell: ({ appId }) => <UptimeStrip appId={appId} /> },
      { id: 'last', title: 'Last check', cell: ({ lastCheck }) => <Time at={lastCheck} /> },
      {
        id: 'took',
        title: 'Took',
        isNumber: true,
        cell: ({ responseTimeMs }) => (responseTimeMs === null ? '–' : formatDuration(responseTimeMs)),
      },
      {
        id: 'next',
        title: 'Next check',
        cell: ({ nextCheckAt }) => <Countdown to={nextCheckAt} done="due" />,
      },
      {
        id: 'run',
        title: 'Check',
        cell: ({ appId, checked }) => (checked && may('test') ? <CheckNow appId={appId} /> : 'not checked'),
      },
    ],
    [links, may],
  );
  return (
    <Page
      title="Health checks"
      about="Each active app's health URL is called regularly. Calls to an unhealthy app still go out; breakers protect it."
    >
      <FilterBar filters={filters} fields={FIELDS} />
      <Answer
        query={pages.query}
        what="health checks"
        isEmpty={(rows) => rows.length === 0}
        isFiltered={filters.isActive}
        onClearFilters={filters.clear}
        empty={
          <Text size="sm">
            Active apps are checked. <Go to={links.apps()}>Register one</Go> first.
          </Text>
        }
      >
        {(rows) => (
          <>
            <Rows label="Apps by id" rows={rows} columns={columns} idOf={idOf} />
            <More
              shown={rows.length}
              what="apps, by id"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </>
        )}
      </Answer>
    </Page>
  );
}

function idOf({ appId }: AppHealthDto): string {
  return appId;
}

function Status({ health }: { health: AppHealthDto }) {
  const { status, consecutiveFailures, failingSince, details } = health;
  return (
    <div>
      <StateBadge state={status} />
      {consecutiveFailures > 0 ? (
        <Text size="xs" className="dimmed below">
          {`${consecutiveFailures} failed in a row: ${details.error ?? details.outcome ?? 'no reason'}, since `}
          <Time at={failingSince} />
        </Text>
      ) : null}
    </div>
  );
}
