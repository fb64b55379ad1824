import { Text } from '@mantine/core';
import { deadlettersListOptions } from '@breakwater/client/queries';
import type { DeadLetterDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { useLinks } from '../../../session/use-links.js';
import { Answer } from '../../../show/answer.js';
import { Time } from '../../../show/clock.js';
import { plural } from '../../../show/format.js';
import { Go } from '../../../show/go.js';
import { Rows, type Column } from '../../../show/rows.js';
import { Below } from './below.js';

const SHOWN = 10;

/** The latest ones that nobody resolved; their screen redelivers and resolves. */
export function AppDeadLetters({ appId }: { appId: string }) {
  const links = useLinks();
  const deadLetters = useQuery(deadlettersListOptions({ query: { appId, limit: SHOWN } }));
  const columns: Column<DeadLetterDto>[] = [
    {
      id: 'what',
      title: 'What',
      cell: ({ deliveryId, eventType }) => (
        <Go to={links.delivery(deliveryId)} className="breakable">
          {eventType}
        </Go>
      ),
    },
    { id: 'reason', title: 'Reason', cell: ({ reason }) => reason.replaceAll('_', ' ') },
    { id: 'attempts', title: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
    { id: 'failed', title: 'Failed', cell: ({ failedAt }) => <Time at={failedAt} /> },
    { id: 'error', title: 'Error', cell: ({ error }) => <span className="breakable">{error ?? '–'}</span> },
  ];
  return (
    <Answer query={deadLetters} what="dead letters">
      {({ items, nextCursor }) =>
        items.length === 0 ? (
          <Text size="sm">No dead letter of this app waits.</Text>
        ) : (
          <>
            <Rows
              label="Unresolved dead letters, newest first"
              rows={items}
              columns={columns}
              idOf={({ id }) => id}
              to={({ deliveryId }) => links.delivery(deliveryId)}
            />
            <Below
              text={`${plural(items.length, 'unresolved dead letter')}, newest first`}
              hasMore={nextCursor !== null}
              to={links.deadLetters({ appId })}
              title="All dead letters"
            />
          </>
        )
      }
    </Answer>
  );
}
