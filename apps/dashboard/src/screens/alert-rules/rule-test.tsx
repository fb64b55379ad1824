import { Button, Stack, Text } from '@mantine/core';
import { alertrulesRehearse } from '@breakwater/client/functions';
import type { RehearsedSubjectDto, RuleRehearsalDto } from '@breakwater/client';
import { useMutation } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { Failed } from '../../show/answer.js';
import { Chart } from '../../show/chart/chart.js';
import { Time } from '../../show/clock.js';
import { formatDuration } from '../../show/format.js';
import { Panel } from '../../show/panel.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { quantity, subjectText, type RuleDraft } from '../alerts/alert-text.js';
import { newRuleOf } from './rule-draft.js';
import { firingsOf, worstSubject, type Firing } from './rehearsal.js';

/** What the rule, as it is in the form, would have done within the last 24 h; nobody is notified. */
export function RuleTest({ draft }: { draft: RuleDraft }) {
  const test = useMutation({
    mutationFn: async () => {
      const body = newRuleOf({ ...draft, name: draft.name.trim() === '' ? 'Draft' : draft.name });
      const { data } = await alertrulesRehearse({ body, throwOnError: true });
      return { result: data, draft };
    },
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
          Test against the last 24 h
        </Button>
      }
    >
      <Stack gap="sm">
        {test.error ? <Failed error={test.error} /> : null}
        {test.data ? (
          <Tested {...test.data} isCurrent={test.data.draft === draft} />
        ) : (
          <Text size="sm" className="dimmed">
            Evaluates the rule as it is in the form. Nothing is saved and nobody is notified.
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

interface TestedProps {
  result: RuleRehearsalDto;
  draft: RuleDraft;
  isCurrent: boolean;
}

function Tested({ result, draft, isCurrent }: TestedProps) {
  const firings = firingsOf(result.subjects);
  const worst = worstSubject(result.subjects);
  return (
    <>
      <Text fw={600} role="status" data-rehearsal>
        {result.summary}
      </Text>
      {isCurrent ? null : (
        <Text size="sm" className="dimmed">
          The form was changed since: test again.
        </Text>
      )}
      {worst === null ? null : <Values subject={worst} draft={draft} />}
      {firings.length === 0 ? null : (
        <>
          <Rows
            label="When it would have fired, oldest first"
            rows={firings}
            columns={columnsOf(draft)}
            idOf={({ key }) => key}
          />
          <More
            shown={firings.length}
            what="firings, oldest first"
            hasMore={false}
            isLoading={false}
            onMore={() => undefined}
          />
        </>
      )}
      {result.isCut ? (
        <Text size="sm" className="dimmed">
          {`Tested for the ${result.subjects.length} with the most calls.`}
        </Text>
      ) : null}
    </>
  );
}

function columnsOf({ type }: RuleDraft): Column<Firing>[] {
  return [
    {
      id: 'subject',
      title: 'About',
      cell: (firing) => <span className="breakable">{subjectText(firing)}</span>,
    },
    { id: 'from', title: 'From', cell: ({ from }) => <Time at={from} isExact /> },
    {
      id: 'for',
      title: 'For',
      isNumber: true,
      cell: ({ lastsMs }) => (lastsMs === null ? 'until now' : formatDuration(lastsMs)),
    },
    {
      id: 'worst',
      title: 'Worst value',
      isNumber: true,
      cell: ({ worstValue }) => quantity(type, worstValue),
    },
  ];
}

function Values({ subject, draft }: { subject: RehearsedSubjectDto; draft: RuleDraft }) {
  const name = subjectText(subject);
  const [span] = subject.spans;
  const last = subject.points.at(-1)?.at;
  return (
    <Chart
      label={`Values of ${name} within the last 24 h`}
      summary={`Values of ${name}; the threshold is ${quantity(draft.type, draft.threshold)}.`}
      kind="lines"
      points={subject.points.map(({ at, value }) => ({ at, value }))}
      series={[{ id: 'value', title: name, tone: 'accent' }]}
      format={(value) => quantity(draft.type, value)}
      threshold={{ value: draft.threshold, title: 'threshold' }}
      span={span && last !== undefined ? { from: span.from, to: span.to ?? last, title: 'fires' } : undefined}
      height={180}
    />
  );
}
