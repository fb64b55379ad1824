import { Group, Paper, Progress, Stack, Text } from '@mantine/core';
import type { ConformanceResultDto, ConformanceRunDto } from '@breakwater/client';
import { Time } from '../../show/clock.js';
import { formatDuration } from '../../show/format.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge, type Tone } from '../../show/state-badge.js';
import { byUrgency, runSentence } from './run-sentence.js';

export const TONES: Record<string, Tone> = {
  passed: 'ok',
  failed: 'danger',
  skipped: 'neutral',
  running: 'info',
  interrupted: 'warning',
};

const COLUMNS: readonly Column<ConformanceResultDto>[] = [
  { id: 'state', title: 'State', cell: ({ state }) => <StateBadge state={state} tone={TONES[state]} /> },
  {
    id: 'check',
    title: 'Check',
    cell: ({ title, sent }) => (
      <div>
        <Text size="sm">{title}</Text>
        <Text size="xs" className="dimmed breakable">{`Sent: ${sent}`}</Text>
      </div>
    ),
  },
  { id: 'seen', title: 'Seen', cell: (result) => <Found result={result} /> },
  { id: 'took', title: 'Took', isNumber: true, cell: ({ durationMs }) => formatDuration(durationMs) },
];

/** What a run found, the most urgent first. */
export function RunReport({ run }: { run: ConformanceRunDto }) {
  const { state, passed, failed, skipped, total, target, startedAt, createdBy } = run;
  const over = passed + failed + skipped;
  return (
    <Stack>
      <Paper p="sm" withBorder role="status">
        <Group gap="sm">
          <StateBadge state={state} tone={TONES[state]} />
          <Text fw={600}>{runSentence(run)}</Text>
        </Group>
        <Text size="sm" className="dimmed breakable">
          {`Endpoint of the ${target.kind} ${target.name} · `}
          <Time at={startedAt} />
          {` · by ${createdBy}`}
        </Text>
        {state === 'running' ? (
          <Progress mt="sm" value={(100 * over) / total} aria-label="Checks that are over" />
        ) : null}
      </Paper>
      {run.results.length === 0 ? null : (
        <Rows
          label="Checks, the most urgent first"
          rows={byUrgency(run.results)}
          columns={COLUMNS}
          idOf={({ id }) => id}
        />
      )}
    </Stack>
  );
}

function Found({ result: { state, seen, expected, matters, remedy } }: { result: ConformanceResultDto }) {
  return (
    <div>
      <Text size="sm" className="breakable">
        {seen}
      </Text>
      {state === 'failed' ? (
        <>
          <Text size="sm" className="breakable">{`Expected: ${expected}. ${matters}`}</Text>
          <Text size="sm" fw={600} className="breakable">
            {remedy}
          </Text>
        </>
      ) : null}
    </div>
  );
}
