import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { eventsList, type EventDto } from '@breakwater/client/functions';
import { Send } from 'lucide-react';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { FilterBar } from '../../show/filter-bar.js';
import { formatCount } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Page } from '../../show/page.js';
import { More, NewRows, Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { EVENT_FIELDS, EVENT_FILTERS, eventsQuery } from './filters.js';
import { PublishEvent } from './publish-event.js';

/** Rows of a page. */
const ROWS = 50;
const idOf = ({ id }: EventDto): string => id;

/** What was published or captured, newest first. */
export function Events() {
  const scope = useScope();
  const links = useLinks();
  const filters = useFilters(EVENT_FILTERS);
  const [isPublishing, publishing] = useDisclosure();
  const pages = usePages(
    ['events', scope.appId, filters.values],
    async (cursor, signal) => {
      const query = eventsQuery(filters.values, scope.appId, new Date());
      const { data } = await eventsList({
        query: { ...query, limit: ROWS, cursor },
        signal,
        throwOnError: true,
      });
      return data;
    },
    idOf,
  );
  const columns: Column<EventDto>[] = [
    { id: 'status', title: 'Status', cell: ({ status }) => <StateBadge state={status} /> },
    {
      id: 'type',
      title: 'Type',
      cell: ({ id, type }) => (
        <Go to={links.event(id)} className="breakable" fw={600}>
          {type}
        </Go>
      ),
    },
    {
      id: 'app',
      title: 'Of',
      cell: ({ appId }) => <span className="breakable">{appId ?? 'the platform'}</span>,
    },
    {
      id: 'deliveries',
      title: 'Deliveries',
      isNumber: true,
      cell: ({ deliveryCount }) => formatCount(deliveryCount),
    },
    {
      id: 'by',
      title: 'From',
      cell: ({ publishedBy, sourceId }) => (
        <span className="breakable">{sourceId === null ? (publishedBy ?? 'unknown') : 'a source'}</span>
      ),
    },
    { id: 'createdAt', title: 'Accepted', cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
  return (
    <Page
      title="Events"
      about="What was published or captured. Each goes to every subscription that matches it."
      actions={
        scope.isPortal || !scope.may('redeliver') ? null : (
          <Button size="xs" leftSection={<Send size={14} aria-hidden />} onClick={publishing.open}>
            Publish an event
          </Button>
        )
      }
    >
      <FilterBar
        filters={filters}
        fields={scope.isPortal ? EVENT_FIELDS.filter(({ name }) => name !== 'appId') : EVENT_FIELDS}
        hasPeriod
      />
      <Answer
        query={pages.query}
        what="events"
        isEmpty={(rows) => rows.length === 0}
        empty={<Text>Publish one here, or by the API. What sources capture is listed here, too.</Text>}
        isFiltered={filters.isActive}
        onClearFilters={filters.clear}
        height={360}
      >
        {(rows) => (
          <div>
            <NewRows count={pages.news} onShow={pages.showNews} />
            <Rows
              label="Events, newest first"
              rows={rows}
              columns={columns}
              idOf={idOf}
              to={({ id }) => links.event(id)}
            />
            <More
              shown={rows.length}
              what="events, newest first"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </div>
        )}
      </Answer>
      {isPublishing ? <PublishEvent onClose={publishing.close} /> : null}
    </Page>
  );
}
