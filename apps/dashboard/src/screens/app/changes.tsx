import { Button, Text } from '@mantine/core';
import type { MarkerDto } from '@breakwater/client';
import { useState } from 'react';
import { Time } from '../../show/clock.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { causeOf } from '../breakers/breaker-acts.js';
import { changeTitle } from '../../show/series/series.js';

const FIRST = 5;

const COLUMNS: readonly Column<Numbered>[] = [
  { id: 'at', title: 'When', cell: ({ change }) => <Time at={change.at} /> },
  {
    id: 'what',
    title: 'What',
    cell: ({ change }) => <span className="breakable">{changeTitle(change)}</span>,
  },
  {
    id: 'why',
    title: 'Why',
    cell: ({ change }) => (
      <span className="breakable">{change.cause === null ? '–' : causeOf(change.cause)}</span>
    ),
  },
  { id: 'who', title: 'Who', cell: ({ change }) => change.actor ?? 'by itself' },
];

interface Numbered {
  id: string;
  change: MarkerDto;
}

/** Everything that changed within the range: what is marked in the charts, and the rest. */
export function Changes({ changes }: { changes: readonly MarkerDto[] }) {
  const [isAll, showAll] = useState(false);
  const newestFirst = changes.map((change, index) => ({ id: String(index), change })).toReversed();
  const shown = isAll ? newestFirst : newestFirst.slice(0, FIRST);
  return (
    <Panel title="Changes in this time, newest first">
      {changes.length === 0 ? (
        <Text size="sm" className="dimmed">
          No new manifest, and no breaker changed.
        </Text>
      ) : (
        <Rows label="Changes, newest first" rows={shown} columns={COLUMNS} idOf={({ id }) => id} />
      )}
      {newestFirst.length > FIRST ? (
        <Button variant="subtle" size="compact-sm" onClick={() => showAll(!isAll)}>
          {isAll ? 'Show fewer' : `Show all ${newestFirst.length}`}
        </Button>
      ) : null}
    </Panel>
  );
}
