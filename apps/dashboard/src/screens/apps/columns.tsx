import { Text } from '@mantine/core';
import type { AppSummaryDto } from '@breakwater/client';
import { useMemo } from 'react';
import { useLinks } from '../../session/use-links.js';
import { Time } from '../../show/clock.js';
import { formatCount, formatDuration, formatShare } from '../../show/format.js';
import { Go } from '../../show/go.js';
import type { Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { stateTone } from '../overview/reasons.js';
import { AppSparkline } from './app-sparkline.js';

/** Sorted are those whose id the API knows as an order. */
export function useColumns(): readonly Column<AppSummaryDto>[] {
  const links = useLinks();
  return useMemo(
    () => [
      {
        id: 'name',
        title: 'App',
        isSortable: true,
        cell: (app) => <Name app={app} to={links.app(app.appId)} />,
      },
      { id: 'worst', title: 'State', isSortable: true, cell: (app) => <State app={app} /> },
      { id: 'health', title: 'Health', cell: ({ health }) => <StateBadge state={health} /> },
      {
        id: 'success',
        title: 'Success 24\u00a0h',
        isNumber: true,
        cell: ({ completed, ended }) => formatShare(completed, ended),
      },
      { id: 'trend', title: '24 hours', cell: (app) => <AppSparkline app={app} /> },
      {
        id: 'p95',
        title: 'p95',
        isNumber: true,
        cell: ({ p95Ms }) => (p95Ms === null ? '–' : formatDuration(p95Ms)),
      },
      {
        id: 'breakers',
        title: 'Open breakers',
        isNumber: true,
        cell: ({ appId, openBreakers }) => <Count count={openBreakers} to={links.breakers({ appId })} />,
      },
      {
        id: 'deadLetters',
        title: 'Dead letters',
        isNumber: true,
        cell: ({ appId, deadLetters }) => <Count count={deadLetters} to={links.deadLetters({ appId })} />,
      },
      {
        id: 'lastSeen',
        title: 'Last seen',
        isSortable: true,
        cell: ({ lastSeenAt }) => <Time at={lastSeenAt} />,
      },
    ],
    [links],
  );
}

function Name({ app, to }: { app: AppSummaryDto; to: string }) {
  return (
    <div>
      <Go to={to} className="breakable">
        {app.appId}
      </Go>
      {app.name === app.appId ? null : (
        <Text size="xs" className="dimmed below">
          {app.name}
        </Text>
      )}
    </div>
  );
}

function State({ app }: { app: AppSummaryDto }) {
  return (
    <div>
      <StateBadge state={app.state} tone={stateTone(app.state)} />
      {app.reason === null ? null : (
        <Text size="xs" className="dimmed below">
          {app.reason}
        </Text>
      )}
    </div>
  );
}

function Count({ count, to }: { count: number; to: string }) {
  return count === 0 ? '0' : <Go to={to}>{formatCount(count)}</Go>;
}
