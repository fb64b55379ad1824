import type { BulkEndpointDto } from '@breakwater/client';
import { useScope } from '../../session/session.js';
import { endpointOf } from '../../show/delivery-words.js';
import { formatCount } from '../../show/format.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';

const idOf = ({ endpointId }: BulkEndpointDto): string => endpointId;

/** To which endpoints it goes, and what would make it wait there. */
export function PlannedEndpoints({ endpoints }: { endpoints: readonly BulkEndpointDto[] }) {
  const { isPortal } = useScope();
  if (endpoints.length === 0) return null;
  const columns: Column<BulkEndpointDto>[] = [
    ...(isPortal
      ? []
      : [
          {
            id: 'app',
            title: 'App',
            cell: ({ appId }: BulkEndpointDto) => <span className="breakable">{appId}</span>,
          },
        ]),
    {
      id: 'endpoint',
      title: 'Capability or subscription',
      cell: ({ subscription, capability }) => (
        <span className="breakable">{subscription ?? endpointOf(capability)}</span>
      ),
    },
    { id: 'items', title: 'Items', isNumber: true, cell: ({ items }) => formatCount(items) },
    { id: 'breaker', title: 'Breaker', cell: ({ breaker }) => <StateBadge state={breaker} /> },
    { id: 'hold', title: 'Held', cell: ({ hold }) => (hold === null ? 'no' : <StateBadge state={hold} />) },
  ];
  return (
    <Panel title="Endpoints">
      <Rows label="Endpoints of the operation" rows={endpoints} columns={columns} idOf={idOf} />
    </Panel>
  );
}
