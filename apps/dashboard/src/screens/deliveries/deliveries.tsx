import { Text } from '@mantine/core';
import { deliveriesList, type DeliveryDto } from '@breakwater/client/functions';
import { useMemo, useState } from 'react';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { FilterBar } from '../../show/filter-bar.js';
import { Page } from '../../show/page.js';
import { More, NewRows, Rows } from '../../show/rows.js';
import { SavedViews } from '../../show/saved-views.js';
import { RedeliverAct } from '../delivery/redeliver-act.js';
import { deliveryColumns } from './columns.js';
import { deliveriesQuery, DELIVERY_FIELDS, DELIVERY_FILTERS, DELIVERY_VIEWS } from './filters.js';
import { FindById } from './find-by-id.js';

/** Rows of a page. */
const ROWS = 50;
const idOf = ({ id }: DeliveryDto): string => id;

/** Every delivery, newest first, by filters that are in the URL. */
export function Deliveries() {
  const scope = useScope();
  const links = useLinks();
  const filters = useFilters(DELIVERY_FILTERS);
  const [redelivered, redeliver] = useState<DeliveryDto | null>(null);
  const pages = usePages(
    ['deliveries', scope.appId, filters.values],
    async (cursor, signal) => {
      const query = deliveriesQuery(filters.values, scope.appId, new Date());
      const { data } = await deliveriesList({
        query: { ...query, limit: ROWS, cursor },
        signal,
        throwOnError: true,
      });
      return data;
    },
    idOf,
  );
  const columns = useMemo(() => deliveryColumns(links, scope), [links, scope]);
  const fields = scope.isPortal ? DELIVERY_FIELDS.filter(({ name }) => name !== 'appId') : DELIVERY_FIELDS;
  return (
    <Page
      title="Deliveries"
      about="Each duty to bring one payload to one endpoint, with every attempt."
      actions={
        <>
          <FindById />
          <SavedViews list="deliveries" path={links.deliveries()} given={DELIVERY_VIEWS} />
        </>
      }
    >
      <FilterBar filters={filters} fields={fields} hasPeriod />
      <Answer
        query={pages.query}
        what="deliveries"
        isEmpty={(rows) => rows.length === 0}
        empty={
          <Text>
            {scope.isPortal
              ? 'As soon as your app is called, or an event is sent to it, it is listed here.'
              : 'Call a capability of an app, or publish an event: each call and each event is listed here.'}
          </Text>
        }
        isFiltered={filters.isActive}
        onClearFilters={filters.clear}
        height={420}
      >
        {(rows) => (
          <div>
            <NewRows count={pages.news} onShow={pages.showNews} />
            <Rows
              label="Deliveries, newest first"
              rows={rows}
              columns={columns}
              idOf={idOf}
              to={({ id }) => links.delivery(id)}
              onRedeliver={(row) => {
                if (scope.may('redeliver') && row.mode === 'async' && row.status !== 'pending')
                  redeliver(row);
              }}
            />
            <More
              shown={rows.length}
              what="deliveries, newest first"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </div>
        )}
      </Answer>
      {redelivered ? <RedeliverAct delivery={redelivered} isOpen onClose={() => redeliver(null)} /> : null}
    </Page>
  );
}
