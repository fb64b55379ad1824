import { Text } from '@mantine/core';
import { alertsListOptions } from '@breakwater/client/queries';
import type { AlertDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { Go } from '../../show/go.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';

const SHOWN = 8;

/** What fires now. */
export function OpenAlerts() {
  const links = useLinks();
  const alerts = useQuery(alertsListOptions({ query: { status: 'firing', limit: SHOWN } }));
  const columns: Column<AlertDto>[] = [
    {
      id: 'alert',
      title: 'Alert',
      cell: (alert) => (
        <Go to={links.alert(alert.id)} className="breakable">
          {alert.ruleName}
        </Go>
      ),
    },
    {
      id: 'of',
      title: 'Of',
      cell: ({ appId, capability }) => <span className="breakable">{subject(appId, capability)}</span>,
    },
    { id: 'since', title: 'Since', cell: ({ firedAt }) => <Time at={firedAt} /> },
  ];
  return (
    <Panel
      title="Alerts that fire, newest first"
      actions={
        <Text size="sm">
          <Go to={links.alerts()}>All alerts</Go>
        </Text>
      }
    >
      <Answer query={alerts} what="alerts">
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm">
              Nothing fires. <Go to={links.alertRules}>Alert rules</Go> say what is watched.
            </Text>
          ) : (
            <Rows
              label="Alerts that fire, newest first"
              rows={items}
              columns={columns}
              idOf={({ id }) => id}
              to={({ id }) => links.alert(id)}
            />
          )
        }
      </Answer>
    </Panel>
  );
}

function subject(appId: string | null, capability: string | null): string {
  if (appId === null) return 'the installation';
  return capability === null ? appId : `${appId} / ${capability}`;
}
