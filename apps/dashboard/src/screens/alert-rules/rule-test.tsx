import { Button, Stack, Text } from '@mantine/core';
import { alertrulesTest } from '@breakwater/client';
import type { AlertRehearsalDto, AlertRehearsalSubjectDto } from '@breakwater/client';
import { useMutation } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { Failed } from '../../show/answer.js';
import { plural } from '../../show/format.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { subjectText } from '../alerts/alert-text.js';

const COLUMNS: Column<AlertRehearsalSubjectDto>[] = [
  {
    id: 'subject',
    title: 'About',
    cell: (subject) => <span className="breakable">{subjectText(subject)}</span>,
  },
  {
    id: 'verdict',
    title: 'Now',
    cell: ({ verdict }) => <StateBadge state={verdict === 'fine' ? 'ok' : verdict} word={wordOf(verdict)} />,
  },
  { id: 'value', title: 'Value', isNumber: true, cell: ({ value }) => value ?? '–' },
  { id: 'samples', title: 'Calls counted', isNumber: true, cell: ({ samples }) => samples ?? '–' },
  {
    id: 'notify',
    title: 'People',
    cell: ({ wouldNotify, withinCooldown }) =>
      wouldNotify ? 'would be notified' : withinCooldown ? 'not notified: cooldown' : 'not notified',
  },
];

/** What the saved rule would do now; nobody is notified. */
export function RuleTest({ ruleId }: { ruleId: string }) {
  const test = useMutation({
    mutationFn: async () => (await alertrulesTest({ path: { id: ruleId }, throwOnError: true })).data,
  });
  return (
    <Panel
      title="Test"
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<FlaskConical size={14} aria-hidden />}
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          Test now
        </Button>
      }
    >
      <Stack gap="sm">
        {test.error ? <Failed error={test.error} /> : null}
        {test.data ? (
          <Tested result={test.data} />
        ) : (
          <Text size="sm" className="dimmed">
            Evaluates the saved rule as it is now. Nothing is changed and nobody is notified.
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

function Tested({ result: { subjects } }: { result: AlertRehearsalDto }) {
  const firing = subjects.filter(({ verdict }) => verdict === 'firing').length;
  return (
    <>
      <Text role="status">
        {subjects.length === 0
          ? 'There is nothing that it watches now.'
          : firing === 0
            ? `It would not fire: nothing of ${subjects.length} that it watches is beyond the threshold.`
            : `It would fire for ${firing} of ${plural(subjects.length, 'app or capability', 'apps or capabilities')}.`}
      </Text>
      {subjects.length > 0 ? (
        <Rows
          label="What the rule watches"
          rows={subjects}
          columns={COLUMNS}
          idOf={({ appId, capability }) => `${appId ?? ''} ${capability ?? ''}`}
        />
      ) : null}
    </>
  );
}

function wordOf(verdict: string): string {
  return verdict === 'firing' ? 'fires' : verdict.replaceAll('_', ' ');
}
