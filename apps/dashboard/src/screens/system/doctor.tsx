import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { doctorExamine, type DoctorCheckDto } from '@breakwater/client/functions';
import { useMutation } from '@tanstack/react-query';
import { Stethoscope } from 'lucide-react';
import { useSession } from '../../session/session.js';
import { Failed } from '../../show/answer.js';
import { formatDuration } from '../../show/format.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge, type Tone } from '../../show/state-badge.js';
import { byUrgency, doctorSentence } from './doctor-report.js';

const TONES: Record<string, Tone> = { ok: 'ok', warning: 'warning', failed: 'danger', skipped: 'neutral' };

const COLUMNS: readonly Column<DoctorCheckDto>[] = [
  { id: 'state', title: 'State', cell: ({ state }) => <StateBadge state={state} tone={TONES[state]} /> },
  { id: 'name', title: 'Check', cell: ({ name }) => name },
  {
    id: 'found',
    title: 'What was found, and what to do',
    cell: ({ sentence, remedy }) => (
      <div>
        <Text size="sm" className="breakable">
          {sentence}
        </Text>
        {remedy === null ? null : (
          <Text size="sm" fw={600} className="breakable">
            {remedy}
          </Text>
        )}
      </div>
    ),
  },
  { id: 'took', title: 'Took', isNumber: true, cell: ({ durationMs }) => formatDuration(durationMs) },
];

/** Runs the checks of the installation, and shows each with its remedy. */
export function Doctor() {
  const session = useSession();
  const isAdmin = session.data?.scopes.includes('admin') ?? false;
  const examine = useMutation({
    mutationFn: async () => (await doctorExamine({ throwOnError: true })).data,
  });
  const report = examine.data;
  return (
    <Panel
      title="Doctor"
      actions={
        isAdmin ? (
          <Button
            size="xs"
            leftSection={<Stethoscope size={14} aria-hidden />}
            loading={examine.isPending}
            onClick={() => examine.mutate()}
          >
            {report ? 'Run again' : 'Run the checks'}
          </Button>
        ) : null
      }
    >
      <Stack>
        <Text size="sm" className="dimmed">
          Checks the database, migrations, clocks, the queue, workers, the mail server, outgoing calls,
          encryption keys and partitions, and sends one test call through the queue and a worker. It changes
          nothing that lasts.
          {isAdmin ? '' : ' It needs an admin key.'}
        </Text>
        {examine.error ? <Failed error={examine.error} onRetry={() => examine.mutate()} /> : null}
        {report ? (
          <>
            <Paper p="sm" withBorder role="status">
              <Group gap="sm">
                <StateBadge state={report.ok ? 'ok' : 'failed'} />
                <Text fw={600}>{doctorSentence(report)}</Text>
              </Group>
            </Paper>
            <Rows
              label="Checks, the most urgent first"
              rows={byUrgency(report.checks)}
              columns={COLUMNS}
              idOf={({ name }) => name}
            />
          </>
        ) : null}
      </Stack>
    </Panel>
  );
}
