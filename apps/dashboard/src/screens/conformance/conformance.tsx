import { Stack, Text, Title } from '@mantine/core';
import type { ConformanceRunSummaryDto } from '@breakwater/client';
import { conformancerunsGetOptions, conformancerunsListOptions } from '@breakwater/client/queries';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useFilters } from '../../data/use-filters.js';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { Go } from '../../show/go.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { RunReport, TONES } from './run-report.js';
import { runSentence } from './run-sentence.js';
import { StartRun } from './start-run.js';

/** How often a run in progress is read again, and how often the list otherwise, ms. */
const LOOK_MS = 1_000;
const REST_MS = 30_000;

/** The screen of an owner. */
export function ConformanceScreen() {
  const { appId } = useParams({ strict: false }) as { appId: string };
  return (
    <Page
      title="Conformance"
      about="Whether an endpoint of the app receives as it should, before it goes live."
    >
      <Panel title="Checks of an endpoint">
        <Conformance appId={appId} />
      </Panel>
    </Page>
  );
}

/** Starts a run, shows the one in the URL or the newest, and lists the earlier ones. */
export function Conformance({ appId }: { appId: string }) {
  const queries = useQueryClient();
  const { may } = useScope();
  const { values, set } = useFilters(['run']);
  const runs = useQuery({
    ...conformancerunsListOptions({ path: { appId } }),
    refetchInterval: ({ state: { data } }) => (data?.items[0]?.state === 'running' ? LOOK_MS : REST_MS),
  });
  const newest = runs.data?.items[0];
  return (
    <Stack gap="lg">
      {may('test') ? (
        <StartRun
          appId={appId}
          isRunning={newest?.state === 'running'}
          onStarted={(id) => {
            set({ run: id });
            void queries.invalidateQueries(conformancerunsListOptions({ path: { appId } }));
          }}
        />
      ) : null}
      <Answer
        query={runs}
        what="conformance runs"
        isEmpty={({ items }) => items.length === 0}
        empty={<Text size="sm">Check each endpoint once before it goes live, and after each change.</Text>}
      >
        {({ items }) => (
          <>
            <Run appId={appId} id={values.run ?? items[0]!.id} />
            <Earlier appId={appId} runs={items} />
          </>
        )}
      </Answer>
    </Stack>
  );
}

function Run({ appId, id }: { appId: string; id: string }) {
  const run = useQuery({
    ...conformancerunsGetOptions({ path: { appId, id } }),
    refetchInterval: ({ state: { data } }) => (data?.state === 'running' ? LOOK_MS : false),
  });
  return (
    <Answer query={run} what="conformance runs">
      {(data) => <RunReport run={data} />}
    </Answer>
  );
}

function Earlier({ appId, runs }: { appId: string; runs: readonly ConformanceRunSummaryDto[] }) {
  const links = useLinks();
  const columns: Column<ConformanceRunSummaryDto>[] = [
    {
      id: 'started',
      title: 'Started',
      cell: ({ id, startedAt }) => (
        <Go to={links.conformance(appId, id)}>
          <Time at={startedAt} />
        </Go>
      ),
    },
    {
      id: 'endpoint',
      title: 'Endpoint',
      cell: ({ target: { kind, name } }) => <span className="breakable">{`${kind} ${name}`}</span>,
    },
    { id: 'state', title: 'State', cell: ({ state }) => <StateBadge state={state} tone={TONES[state]} /> },
    { id: 'found', title: 'Found', cell: (run) => runSentence(run) },
    { id: 'kept', title: 'Kept', cell: ({ kept }) => (kept ? 'yes' : 'no') },
    { id: 'by', title: 'By', cell: ({ createdBy }) => <span className="breakable">{createdBy}</span> },
  ];
  return (
    <div>
      <Title order={3} size="h4" mb="xs">
        Reports
      </Title>
      <Rows
        label="Reports, newest first"
        rows={runs}
        columns={columns}
        idOf={({ id }) => id}
        to={({ id }) => links.conformance(appId, id)}
      />
    </div>
  );
}
