import { Stack, Text } from '@mantine/core';
import type { EventDeliveryDto, EventStoryDto, SkippedDto } from '@breakwater/client';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Countdown, Time } from '../../show/clock.js';
import { shortId, waitOf } from '../../show/delivery-words.js';
import { formatCount } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { whySkipped } from './skipped.js';

/** Who got it, or will. */
export function EventDeliveries({ story }: { story: EventStoryDto }) {
  const links = useLinks();
  const { isPortal } = useScope();
  const { deliveries, deliveryCount } = story;
  const columns: Column<EventDeliveryDto>[] = [
    { id: 'status', title: 'Status', cell: ({ status }) => <StateBadge state={status} /> },
    {
      id: 'subscription',
      title: 'Subscription',
      cell: ({ id, subscription, operationId }) => (
        <>
          <Go to={links.delivery(id)} className="breakable" fw={600}>
            {subscription ?? shortId(id)}
          </Go>
          {operationId === null ? null : ' (replay)'}
        </>
      ),
    },
    ...(isPortal ? [] : [appColumn<EventDeliveryDto>()]),
    { id: 'attempts', title: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
    { id: 'result', title: 'Last result', cell: (row) => <LastResult row={row} /> },
    { id: 'finishedAt', title: 'Ended', cell: ({ finishedAt }) => <Time at={finishedAt} /> },
  ];
  return (
    <Panel title="Deliveries">
      {deliveries.length === 0 ? (
        <Text className="dimmed">No subscription got it.</Text>
      ) : (
        <>
          <Rows
            label="Deliveries of the event"
            rows={deliveries}
            columns={columns}
            idOf={({ id }) => id}
            to={({ id }) => links.delivery(id)}
          />
          <Shown shown={deliveries.length} all={deliveryCount} />
        </>
      )}
    </Panel>
  );
}

function LastResult({ row: { status, waitReason, nextAttemptAt, lastError } }: { row: EventDeliveryDto }) {
  return (
    <Stack gap={0}>
      {status === 'pending' ? (
        <Text size="sm">
          {waitOf(waitReason)} <Countdown to={nextAttemptAt} />
        </Text>
      ) : null}
      {lastError === null && status === 'pending' ? null : (
        <Text size="sm" className="dimmed breakable" lineClamp={2}>
          {lastError ?? (status === 'completed' ? 'delivered' : '–')}
        </Text>
      )}
    </Stack>
  );
}

/** Who did not get it, each with the reason. */
export function SkippedSubscriptions({ story: { skipped, skippedCount } }: { story: EventStoryDto }) {
  const { isPortal } = useScope();
  if (skippedCount === 0) return null;
  const columns: Column<SkippedDto>[] = [
    {
      id: 'subscription',
      title: 'Subscription',
      cell: ({ subscription }) => <span className="breakable">{subscription}</span>,
    },
    ...(isPortal ? [] : [appColumn<SkippedDto>()]),
    { id: 'why', title: 'Why not', cell: (row) => <span className="breakable">{whySkipped(row)}</span> },
  ];
  return (
    <Panel title="Skipped subscriptions">
      <Rows
        label="Subscriptions that did not get the event"
        rows={skipped}
        columns={columns}
        idOf={({ endpointId }) => endpointId}
      />
      <Shown shown={skipped.length} all={skippedCount} />
    </Panel>
  );
}

function appColumn<Row extends { appId: string }>(): Column<Row> {
  return { id: 'app', title: 'App', cell: ({ appId }) => <span className="breakable">{appId}</span> };
}

function Shown({ shown, all }: { shown: number; all: number }) {
  return (
    <Text size="sm" className="dimmed" mt="sm">
      {all > shown ? `The first ${formatCount(shown)} of ${formatCount(all)}` : `All ${formatCount(shown)}`}
    </Text>
  );
}
