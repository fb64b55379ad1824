import { List, SimpleGrid, Stack, Text } from '@mantine/core';
import type { BreakerStoryDto, BreakerTransitionDto } from '@breakwater/client';
import { breakersGetOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useIsAdmin } from '../../session/use-is-admin.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { formatDuration } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { byWhom, causeOf, policySentences } from './breaker-acts.js';
import { BreakerActs } from './breaker-buttons.js';
import { BreakerState, NextStep } from './breaker-state.js';

const REFRESH_MS = 5000;
/** The API answers so many changes at most. */
const HISTORY = 100;

/** One breaker with its history. */
export function BreakerPage() {
  const { breakerApp: appId, capability } = useParams({ strict: false }) as {
    breakerApp: string;
    capability: string;
  };
  const links = useLinks();
  const isAdmin = useIsAdmin();
  const breaker = useQuery({
    ...breakersGetOptions({ path: { appId, capability } }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page
      title={`${appId} / ${capability}`}
      above={[{ title: 'Breakers', to: links.breakers() }]}
      mark={breaker.data ? <BreakerState breaker={breaker.data} /> : null}
      actions={isAdmin && breaker.data ? <BreakerActs breaker={breaker.data} /> : null}
    >
      <Answer query={breaker} what="breakers">
        {(story) => (
          <>
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <Now story={story} />
              <Policy story={story} />
            </SimpleGrid>
            <History history={story.history} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Now({ story }: { story: BreakerStoryDto }) {
  const { appId, capability, lastFailureAt, failingSince, recent, state, successCount, policy } = story;
  const links = useLinks();
  return (
    <Panel title="Why">
      <Stack gap={6}>
        <Text className="breakable">{story.why}</Text>
        <Text component="div">
          <NextStep breaker={story} />
        </Text>
        <Text size="sm" className="dimmed" component="div">
          {failingSince === null ? null : (
            <>
              Failing since <Time at={failingSince} />.{' '}
            </>
          )}
          {lastFailureAt === null ? null : (
            <>
              Last failure <Time at={lastFailureAt} />.{' '}
            </>
          )}
          {state === 'half_open' ? `${successCount} of ${policy.successThreshold} probes succeeded.` : null}
        </Text>
        {recent === null || recent.fires === 0 ? null : (
          <Text size="sm" className="dimmed">
            {`In the last 10 s this process sent ${recent.fires} calls: ${recent.successes} succeeded, ${recent.failures} failed.`}
          </Text>
        )}
        <Text size="sm" component="div">
          <Go to={links.deliveries({ appId, capability })}>Deliveries of this capability</Go>
        </Text>
      </Stack>
    </Panel>
  );
}

function Policy({ story: { policy, forced } }: { story: BreakerStoryDto }) {
  return (
    <Panel title="Rules">
      {forced === null ? null : (
        <Text size="sm" mb="xs">
          They do not apply while it is forced.
        </Text>
      )}
      <List size="sm" spacing={4}>
        {policySentences(policy, formatDuration).map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </Panel>
  );
}

const COLUMNS: Column<BreakerTransitionDto>[] = [
  { id: 'at', title: 'When', cell: ({ at }) => <Time at={at} /> },
  { id: 'from', title: 'From', cell: ({ from }) => <StateBadge state={from} /> },
  { id: 'to', title: 'To', cell: ({ to }) => <StateBadge state={to} /> },
  { id: 'cause', title: 'Cause', cell: ({ cause }) => causeOf(cause) },
  { id: 'by', title: 'By', cell: (row) => <span className="breakable">{byWhom(row)}</span> },
  {
    id: 'why',
    title: 'Reason or last error',
    cell: ({ note, lastReason }) => <span className="breakable">{note ?? lastReason ?? '–'}</span>,
  },
  { id: 'failures', title: 'Failures', cell: ({ failureCount }) => failureCount, isNumber: true },
];

function History({ history }: { history: BreakerTransitionDto[] }) {
  return (
    <Panel title="History">
      {history.length === 0 ? (
        <Text size="sm" className="dimmed">
          It has never changed its state.
        </Text>
      ) : (
        <>
          <Rows
            label="Changes of the breaker, newest first"
            rows={history}
            columns={COLUMNS}
            idOf={({ at, generation }) => `${at} ${generation}`}
          />
          <More
            shown={history.length}
            what={`changes, newest first${history.length === HISTORY ? ` (the last ${HISTORY})` : ''}`}
            hasMore={false}
            isLoading={false}
            onMore={() => undefined}
          />
        </>
      )}
    </Panel>
  );
}
