import { Text } from '@mantine/core';
import {
  bulkoperationsList,
  type BulkOperationDto,
  type BulkoperationsListData,
} from '@breakwater/client/functions';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { FilterBar, type FilterField } from '../../show/filter-bar.js';
import { formatCount } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Page } from '../../show/page.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { wordsOf } from './words.js';

const FILTERS = ['kind', 'status'] as const;
const FIELDS: readonly FilterField<(typeof FILTERS)[number]>[] = [
  {
    name: 'kind',
    label: 'Kind',
    options: ['redeliver', 'resolve', 'replay', 'cancel'].map((value) => ({ value, label: value })),
  },
  {
    name: 'status',
    label: 'Status',
    options: ['planning', 'planned', 'running', 'completed', 'cancelled', 'refused'].map((value) => ({
      value,
      label: value,
    })),
  },
];
const idOf = ({ id }: BulkOperationDto): string => id;

/** What was done to many at once, newest first. */
export function BulkOperations() {
  const links = useLinks();
  const filters = useFilters(FILTERS);
  const query = filters.values as NonNullable<BulkoperationsListData['query']>;
  const pages = usePages(
    ['bulk operations', filters.values],
    async (cursor, signal) => {
      const { data } = await bulkoperationsList({ query: { ...query, cursor }, signal, throwOnError: true });
      return data;
    },
    idOf,
    true,
  );
  const columns: Column<BulkOperationDto>[] = [
    { id: 'status', title: 'Status', cell: ({ status }) => <StateBadge state={status} /> },
    {
      id: 'kind',
      title: 'What',
      cell: ({ id, kind }) => (
        <Go to={links.bulkOperation(id)} fw={600}>
          {wordsOf(kind).title}
        </Go>
      ),
    },
    { id: 'planned', title: 'Items', isNumber: true, cell: ({ planned }) => formatCount(planned) },
    { id: 'done', title: 'Done', isNumber: true, cell: ({ done }) => formatCount(done) },
    { id: 'failed', title: 'Failed', isNumber: true, cell: ({ failed }) => formatCount(failed) },
    {
      id: 'by',
      title: 'Planned by',
      cell: ({ createdBy }) => <span className="breakable">{createdBy}</span>,
    },
    { id: 'at', title: 'Planned', cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
  return (
    <Page
      title="Bulk operations"
      above={[{ title: 'Dead letters', to: links.deadLetters() }]}
      about="Many at once: counted first, run at a rate, with a result for each."
    >
      <FilterBar filters={filters} fields={FIELDS} />
      <Answer
        query={pages.query}
        what="bulk operations"
        isEmpty={(rows) => rows.length === 0}
        empty={
          <Text>
            Plan one in the list of <Go to={links.deadLetters()}>dead letters</Go>.
          </Text>
        }
        isFiltered={filters.isActive}
        onClearFilters={filters.clear}
      >
        {(rows) => (
          <div>
            <Rows
              label="Bulk operations, newest first"
              rows={rows}
              columns={columns}
              idOf={idOf}
              to={({ id }) => links.bulkOperation(id)}
            />
            <More
              shown={rows.length}
              what="bulk operations, newest first"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </div>
        )}
      </Answer>
    </Page>
  );
}
