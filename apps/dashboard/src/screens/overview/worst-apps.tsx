import { Button, Text } from '@mantine/core';
import { appsummariesListOptions } from '@breakwater/client/queries';
import type { AppSummaryDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { formatShare } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { AppSparkline } from '../apps/app-sparkline.js';
import { stateTone } from './reasons.js';

const SHOWN = 8;

/** The apps that need somebody first. */
export function WorstApps() {
  const links = useLinks();
  const apps = useQuery(appsummariesListOptions({ query: { sort: 'worst', limit: SHOWN } }));
  const columns: Column<AppSummaryDto>[] = [
    {
      id: 'app',
      title: 'App',
      cell: (app) => (
        <div>
          <Go to={links.app(app.appId)} className="breakable">
            {app.appId}
          </Go>
          {app.reason === null ? null : (
            <Text size="xs" className="dimmed below">
              {app.reason}
            </Text>
          )}
        </div>
      ),
    },
    {
      id: 'state',
      title: 'State',
      cell: (app) => <StateBadge state={app.state} tone={stateTone(app.state)} />,
    },
    {
      id: 'success',
      title: 'Success 24\u00a0h',
      isNumber: true,
      cell: (app) => formatShare(app.completed, app.ended),
    },
    { id: 'trend', title: '24 hours', cell: (app) => <AppSparkline app={app} /> },
  ];
  return (
    <Panel
      title="Apps, worst first"
      actions={
        <Text size="sm">
          <Go to={links.apps()}>All apps</Go>
        </Text>
      }
    >
      <Answer
        query={apps}
        what="apps"
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Button component={Link} to={links.register} variant="default">
            Register an app by its manifest
          </Button>
        }
      >
        {({ items }) => (
          <Rows
            label="Apps, worst first"
            rows={items}
            columns={columns}
            idOf={({ appId }) => appId}
            to={({ appId }) => links.app(appId)}
          />
        )}
      </Answer>
    </Panel>
  );
}
