import { Text } from '@mantine/core';
import { systemWorkersOptions } from '@breakwater/client/queries';
import type { WorkerDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { plural } from '../../show/format.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';

const EVERY_MS = 5000;

const COLUMNS: readonly Column<WorkerDto>[] = [
  {
    id: 'state',
    title: 'State',
    cell: ({ alive }) => <StateBadge state={alive ? 'ok' : 'dead'} word={alive ? 'alive' : 'no heartbeat'} />,
  },
  { id: 'role', title: 'Role', cell: ({ role }) => role },
  {
    id: 'process',
    title: 'Process',
    cell: ({ host, pid }) => <span className="breakable">{`${host}, ${pid}`}</span>,
  },
  { id: 'seen', title: 'Last heartbeat', cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
  { id: 'started', title: 'Started', cell: ({ startedAt }) => <Time at={startedAt} /> },
  {
    id: 'slots',
    title: 'Calls at once',
    isNumber: true,
    cell: ({ slots, slotsInUse }) => (slots === null ? '–' : `${slotsInUse ?? 0} of ${slots}`),
  },
  { id: 'version', title: 'Version', cell: ({ version }) => <span className="breakable">{version}</span> },
];

/** The processes of the installation, with their heartbeats. */
export function Workers() {
  const workers = useQuery({ ...systemWorkersOptions(), refetchInterval: EVERY_MS });
  return (
    <Panel title="Processes, by role and host">
      <Answer
        query={workers}
        what="processes"
        isEmpty={({ items }) => items.length === 0}
        empty={<Text size="sm">A process appears with its first heartbeat, 5 s after its start.</Text>}
      >
        {({ items }) => (
          <>
            <Rows label="Processes, by role and host" rows={items} columns={COLUMNS} idOf={({ id }) => id} />
            <Text size="sm" className="dimmed" mt="sm">
              {`${plural(items.length, 'process', 'processes')}. One that died stays here for 24 h; one that stopped by itself is not shown.`}
            </Text>
          </>
        )}
      </Answer>
    </Panel>
  );
}
