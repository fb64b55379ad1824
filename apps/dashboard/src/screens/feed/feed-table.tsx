import { Text } from '@mantine/core';
import { memo } from 'react';
import { useLinks } from '../../session/use-links.js';
import { useZone } from '../../show/clock.js';
import { formatExact } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import type { FeedItem, FeedRow } from './feed-stream.js';

interface Props {
  rows: readonly FeedRow[];
  hasApp: boolean;
}

/** The rows of the feed. Drawn again only when they change. */
export const FeedTable = memo(function FeedTable({ rows, hasApp }: Props) {
  const links = useLinks();
  const { zone } = useZone();
  const pathOf = ({ deliveryId, eventId }: FeedItem): string => {
    if (deliveryId !== undefined) return links.delivery(deliveryId);
    return eventId === undefined ? links.inbound() : links.event(eventId);
  };
  const columns: Column<FeedRow>[] = [
    {
      id: 'at',
      title: 'Time',
      cell: (row) =>
        row.kind === 'item' ? (
          <time
            dateTime={row.item.at}
            title={formatExact(new Date(row.item.at), zone)}
            className="numbers mono"
          >
            {formatExact(new Date(row.item.at), zone).slice(11, 23)}
          </time>
        ) : null,
    },
    {
      id: 'status',
      title: 'Status',
      cell: (row) =>
        row.kind === 'item' ? (
          <StateBadge state={row.item.status} />
        ) : (
          <StateBadge state="skipped" word="not shown" />
        ),
    },
    ...(hasApp
      ? [
          {
            id: 'app',
            title: 'App',
            cell: (row: FeedRow) =>
              row.kind === 'item' ? (
                <span className="breakable">{row.item.projectId ?? 'platform'}</span>
              ) : null,
          },
        ]
      : []),
    {
      id: 'type',
      title: 'Type',
      cell: (row) =>
        row.kind === 'item' ? (
          <Go to={pathOf(row.item)} className="breakable">
            {row.item.eventType}
          </Go>
        ) : null,
    },
    {
      id: 'what',
      title: 'Result',
      cell: (row) =>
        row.kind === 'item' ? (
          <Text span size="sm" className="breakable">
            {resultOf(row.item)}
          </Text>
        ) : (
          <Text span size="sm">
            {row.detail}
          </Text>
        ),
    },
  ];
  return (
    <Rows
      label="Live feed, newest first"
      rows={rows}
      columns={columns}
      idOf={({ key }) => key}
      to={(row) => (row.kind === 'item' ? pathOf(row.item) : null)}
    />
  );
});

function resultOf({ retryCount, errorMessage, targetUrl }: FeedItem): string {
  const retries = retryCount > 0 ? `retry ${retryCount}: ` : '';
  return `${retries}${errorMessage ?? targetUrl ?? ''}`;
}
