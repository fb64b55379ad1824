import { Button, Code, Stack, Text } from '@mantine/core';
import { appsummariesList, type AppSummaryDto } from '@breakwater/client/functions';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { FilterBar, type FilterField } from '../../show/filter-bar.js';
import { Page } from '../../show/page.js';
import { More, Rows } from '../../show/rows.js';
import { useColumns } from './columns.js';

const NAMES = ['search', 'state', 'sort'] as const;
type Name = (typeof NAMES)[number];

const STATES = ['failing', 'degraded', 'ok', 'idle', 'paused', 'disabled'] as const;
const SORTS = { worst: 'worst first', name: 'by name', lastSeen: 'last seen first' } as const;
type Sort = keyof typeof SORTS;

const FIELDS: readonly FilterField<Name>[] = [
  { name: 'search', label: 'Search', placeholder: 'Id or name' },
  { name: 'state', label: 'State', options: STATES.map((state) => ({ value: state, label: state })) },
];
const LIMIT = 50;

/** All apps, the worst first. */
export function Apps() {
  const links = useLinks();
  const { may } = useScope();
  const filters = useFilters<Name>(NAMES);
  const { search, state } = filters.values;
  const sort = sortOf(filters.values.sort);
  const columns = useColumns();
  const pages = usePages<AppSummaryDto>(
    ['app-summaries', search, state, sort],
    async (cursor, signal) => {
      const query = { sort, search, state: STATES.find((one) => one === state), cursor, limit: LIMIT };
      const { data } = await appsummariesList({ query, signal, throwOnError: true });
      return data;
    },
    idOf,
    true,
  );
  const register = may('manageSubscriptions') ? (
    <Button
      component={Link}
      to={links.register}
      variant="default"
      leftSection={<Plus size={14} aria-hidden />}
    >
      Register an app
    </Button>
  ) : null;
  return (
    <Page title="Apps" about="Who is called, and how it goes." actions={register}>
      <FilterBar filters={{ ...filters, isActive: isFiltered(filters.values) }} fields={FIELDS} />
      <Answer
        query={pages.query}
        what="apps"
        isEmpty={(rows) => rows.length === 0}
        isFiltered={isFiltered(filters.values)}
        onClearFilters={filters.clear}
        empty={
          <Stack gap="xs" align="center">
            <Text>An app begins with its manifest.</Text>
            {register}
            <Text size="sm">
              On the command line: <Code>breakwater apply APP manifest.json</Code>
            </Text>
          </Stack>
        }
        height={320}
      >
        {(rows) => (
          <>
            <Rows
              label={`Apps, ${SORTS[sort]}`}
              rows={rows}
              columns={columns}
              idOf={idOf}
              to={({ appId }) => links.app(appId)}
              sort={{ by: sort, isDescending: sort !== 'name' }}
              onSort={(by) => filters.set({ sort: by === 'worst' ? '' : by })}
            />
            <More
              shown={rows.length}
              what={`apps, ${SORTS[sort]}`}
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

function idOf({ appId }: AppSummaryDto): string {
  return appId;
}

function isFiltered({ search, state }: Partial<Record<Name, string>>): boolean {
  return search !== undefined || state !== undefined;
}

function sortOf(text: string | undefined): Sort {
  return text !== undefined && text in SORTS ? (text as Sort) : 'worst';
}
