import { Stack, Text } from '@mantine/core';
import type { DeliveryDto } from '@breakwater/client';
import type { Scope } from '../../session/session.js';
import type { useLinks } from '../../session/use-links.js';
import { Countdown, Time } from '../../show/clock.js';
import { attemptsOf, errorClassOf, shortId, subjectOf, waitOf } from '../../show/delivery-words.js';
import { Go } from '../../show/go.js';
import type { Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';

export function deliveryColumns(
  links: ReturnType<typeof useLinks>,
  { isPortal }: Scope,
): Column<DeliveryDto>[] {
  const app: Column<DeliveryDto> = {
    id: 'app',
    title: 'App',
    cell: ({ appId }) => <span className="breakable">{appId}</span>,
  };
  return [
    { id: 'status', title: 'Status', cell: ({ status }) => <StateBadge state={status} /> },
    {
      id: 'subject',
      title: 'Event or capability',
      cell: (row) => (
        <Go to={links.delivery(row.id)} className="breakable" fw={600}>
          {subjectOf(row)}
        </Go>
      ),
    },
    ...(isPortal ? [] : [app]),
    { id: 'attempts', title: 'Attempts', isNumber: true, cell: (row) => attemptsOf(row) },
    { id: 'result', title: 'Last result', cell: (row) => <LastResult row={row} /> },
    { id: 'createdAt', title: 'Accepted', cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      id: 'id',
      title: 'Id',
      cell: ({ id }) => (
        <span className="mono" title={id}>
          {shortId(id)}
        </span>
      ),
    },
  ];
}

function LastResult({ row }: { row: DeliveryDto }) {
  const { status, waitReason, nextAttemptAt, lastError, lastErrorClass, reason, strategy } = row;
  return (
    <Stack gap={0}>
      {status === 'pending' ? (
        <Text size="sm">
          {waitOf(waitReason)} <Countdown to={nextAttemptAt} />
        </Text>
      ) : null}
      {strategy === null ? null : (
        <Text size="sm" className="breakable">
          {`fallback ${strategy}${reason === null ? '' : `, because of ${reason.replaceAll('_', ' ')}`}`}
        </Text>
      )}
      {lastError === null ? (
        status === 'completed' ? (
          <Text size="sm">delivered</Text>
        ) : null
      ) : (
        <Text size="sm" className="dimmed breakable" lineClamp={2}>
          {lastErrorClass === null ? lastError : `${errorClassOf(lastErrorClass)}: ${lastError}`}
        </Text>
      )}
    </Stack>
  );
}
