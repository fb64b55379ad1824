import {
  bulkoperationsItems,
  type BulkItemDto,
  type BulkOperationStoryDto,
} from '@breakwater/client/functions';
import type { BulkoperationsItemsData } from '@breakwater/client';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { shortId } from '../../show/delivery-words.js';
import { FilterBar, type FilterField } from '../../show/filter-bar.js';
import { Go } from '../../show/go.js';
import { Panel } from '../../show/panel.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';

const FILTERS = ['result'] as const;
const FIELDS: readonly FilterField<'result'>[] = [
  {
    name: 'result',
    label: 'Result',
    options: ['waiting', 'succeeded', 'skipped', 'failed'].map((value) => ({ value, label: value })),
  },
];
const idOf = ({ number }: BulkItemDto): string => String(number);

/** Each item with what became of it. */
export function Items({ operation: { id, kind, status, done } }: { operation: BulkOperationStoryDto }) {
  const links = useLinks();
  const { isPortal } = useScope();
  const filters = useFilters(FILTERS);
  const query = filters.values as NonNullable<BulkoperationsItemsData['query']>;
  const pages = usePages(
    // Read again when it has come further.
    ['bulk items', id, filters.values, status, status === 'running' ? 0 : done],
    async (cursor, signal) => {
      const { data } = await bulkoperationsItems({
        path: { id },
        query: { ...query, cursor },
        signal,
        throwOnError: true,
      });
      return data;
    },
    idOf,
    true,
  );
  const toOf = ({ subjectId, deliveryId }: BulkItemDto): string => {
    if (deliveryId !== null) return links.delivery(deliveryId);
    if (kind === 'replay') return links.event(subjectId);
    return kind === 'cancel' ? links.delivery(subjectId) : links.deadLetter(subjectId);
  };
  const columns: Column<BulkItemDto>[] = [
    { id: 'number', title: 'No.', isNumber: true, cell: ({ number }) => number },
    {
      id: 'subject',
      title: 'Item',
      cell: (item) => (
        <Go to={toOf(item)} className="mono">
          {shortId(item.deliveryId ?? item.subjectId)}
        </Go>
      ),
    },
    ...(isPortal
      ? []
      : [
          {
            id: 'app',
            title: 'App',
            cell: ({ appId }: BulkItemDto) => <span className="breakable">{appId}</span>,
          },
        ]),
    { id: 'result', title: 'Result', cell: ({ result }) => <StateBadge state={result ?? 'waiting'} /> },
    {
      id: 'reason',
      title: 'Why',
      cell: ({ reason }) => <span className="breakable">{reason?.replaceAll('_', ' ') ?? '–'}</span>,
    },
    { id: 'doneAt', title: 'Done', cell: ({ doneAt }) => <Time at={doneAt} /> },
  ];
  return (
    <Panel title="Items" actions={<FilterBar filters={filters} fields={FIELDS} />}>
      <Answer
        query={pages.query}
        what="items"
        isEmpty={(rows) => rows.length === 0}
        empty="Nothing matches the filter of this operation."
        isFiltered={filters.isActive}
        onClearFilters={filters.clear}
      >
        {(rows) => (
          <div>
            <Rows label="Items, in their order" rows={rows} columns={columns} idOf={idOf} to={toOf} />
            <More
              shown={rows.length}
              what="items, in their order"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </div>
        )}
      </Answer>
    </Panel>
  );
}
