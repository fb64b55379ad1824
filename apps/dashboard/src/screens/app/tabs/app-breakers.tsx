import { Text } from '@mantine/core';
import { breakersListOptions } from '@breakwater/client/queries';
import type { BreakerDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { useLinks } from '../../../session/use-links.js';
import { Answer } from '../../../show/answer.js';
import { Countdown, Time } from '../../../show/clock.js';
import { plural } from '../../../show/format.js';
import { Rows, type Column } from '../../../show/rows.js';
import { StateBadge } from '../../../show/state-badge.js';
import { Below } from './below.js';

const MOST = 100;

/** The breakers of an app. Their screen has their history, and resets them. */
export function AppBreakers({ appId }: { appId: string }) {
  const links = useLinks();
  const breakers = useQuery(breakersListOptions({ query: { appId, limit: MOST } }));
  const columns: Column<BreakerDto>[] = [
    { id: 'capability', title: 'Capability', cell: ({ capability }) => capability },
    { id: 'state', title: 'State', cell: ({ state }) => <StateBadge state={state} /> },
    { id: 'failures', title: 'Failures', isNumber: true, cell: ({ failureCount }) => failureCount },
    {
      id: 'why',
      title: 'Last error',
      cell: ({ lastReason }) => <span className="breakable">{lastReason ?? '–'}</span>,
    },
    { id: 'opened', title: 'Opened', cell: ({ openedAt }) => <Time at={openedAt} /> },
    {
      id: 'probe',
      title: 'Next probe',
      cell: ({ state, retryAt }) =>
        state === 'closed' ? '–' : <Countdown to={retryAt} done="with the next call" />,
    },
  ];
  return (
    <Answer
      query={breakers}
      what="breakers"
      isEmpty={({ items }) => items.length === 0}
      empty={<Text size="sm">A breaker appears with the first failure of its capability.</Text>}
    >
      {({ items, nextCursor }) => (
        <>
          <Rows
            label="Breakers by capability"
            rows={items}
            columns={columns}
            idOf={({ capability }) => capability}
          />
          <Below
            text={`${plural(items.length, 'breaker')} that had a failure, by capability`}
            hasMore={nextCursor !== null}
            to={links.breakers({ appId })}
            title="History, reset, force"
          />
        </>
      )}
    </Answer>
  );
}
