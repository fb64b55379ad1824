import { Text } from '@mantine/core';
import { deliveriesListOptions } from '@breakwater/client/queries';
import type { DeliveryDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { useLinks } from '../../../session/use-links.js';
import { Answer } from '../../../show/answer.js';
import { Time } from '../../../show/clock.js';
import { plural } from '../../../show/format.js';
import { Go } from '../../../show/go.js';
import { Rows, type Column } from '../../../show/rows.js';
import { StateBadge } from '../../../show/state-badge.js';
import { Below } from './below.js';

const SHOWN = 10;

/** The latest ones; the list of all has filters. */
export function AppDeliveries({ appId }: { appId: string }) {
  const links = useLinks();
  const deliveries = useQuery(deliveriesListOptions({ query: { appId, limit: SHOWN } }));
  const columns: Column<DeliveryDto>[] = [
    { id: 'status', title: 'Status', cell: ({ status }) => <StateBadge state={status} /> },
    {
      id: 'what',
      title: 'What',
      cell: ({ id, capability, eventType }) => (
        <Go to={links.delivery(id)} className="breakable">
          {eventType ?? capability}
        </Go>
      ),
    },
    { id: 'mode', title: 'Kind', cell: ({ kind, mode }) => `${kind}, ${mode}` },
    { id: 'created', title: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'attempts', title: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
    {
      id: 'error',
      title: 'Last error',
      cell: ({ lastError }) => <span className="breakable">{lastError ?? '–'}</span>,
    },
  ];
  return (
    <Answer
      query={deliveries}
      what="deliveries"
      isEmpty={({ items }) => items.length === 0}
      empty={<Text size="sm">Nothing was sent to this app: invoke one of its capabilities.</Text>}
    >
      {({ items, nextCursor }) => (
        <>
          <Rows
            label="Deliveries, newest first"
            rows={items}
            columns={columns}
            idOf={({ id }) => id}
            to={({ id }) => links.delivery(id)}
          />
          <Below
            text={`${plural(items.length, 'delivery', 'deliveries')}, newest first`}
            hasMore={nextCursor !== null}
            to={links.deliveries({ appId })}
            title="All deliveries"
          />
        </>
      )}
    </Answer>
  );
}
