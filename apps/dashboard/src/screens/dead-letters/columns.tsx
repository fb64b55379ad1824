import { Stack, Text } from '@mantine/core';
import type { DeadLetterDto } from '@breakwater/client';
import type { Scope } from '../../session/session.js';
import type { useLinks } from '../../session/use-links.js';
import { Time } from '../../show/clock.js';
import { errorClassOf } from '../../show/delivery-words.js';
import { Go } from '../../show/go.js';
import type { Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { REASONS } from './filters.js';

/** Unresolved, sent again, or resolved. */
export function stateOf({ resolvedAt, requeuedAt, failedAt }: DeadLetterDto): string {
  if (resolvedAt !== null) return 'resolved';
  return requeuedAt !== null && requeuedAt > failedAt ? 'requeued' : 'unresolved';
}

export function deadLetterColumns(
  links: ReturnType<typeof useLinks>,
  { isPortal }: Scope,
): Column<DeadLetterDto>[] {
  const app: Column<DeadLetterDto> = {
    id: 'app',
    title: 'App',
    cell: ({ appId }) => <span className="breakable">{appId}</span>,
  };
  return [
    { id: 'state', title: 'State', cell: (row) => <StateBadge state={stateOf(row)} /> },
    {
      id: 'subject',
      title: 'Event or capability',
      cell: ({ id, eventType }) => (
        <Go to={links.deadLetter(id)} className="breakable" fw={600}>
          {eventType}
        </Go>
      ),
    },
    ...(isPortal ? [] : [app]),
    { id: 'why', title: 'Why', cell: (row) => <Why row={row} /> },
    { id: 'attempts', title: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
    { id: 'failedAt', title: 'Failed', cell: ({ failedAt }) => <Time at={failedAt} /> },
    {
      id: 'notes',
      title: 'Notes',
      cell: ({ note, notes }) => (
        <Text size="sm" className="breakable" lineClamp={2}>
          {[note, notes].filter((one) => one !== null).join(' · ') || '–'}
        </Text>
      ),
    },
  ];
}

function Why({ row: { reason, error, errorClass } }: { row: DeadLetterDto }) {
  return (
    <Stack gap={0}>
      <Text size="sm">{REASONS[reason] ?? reason.replaceAll('_', ' ')}</Text>
      <Text size="sm" className="dimmed breakable" lineClamp={2}>
        {error === null ? errorClassOf(errorClass) : `${errorClassOf(errorClass)}: ${error}`}
      </Text>
    </Stack>
  );
}
