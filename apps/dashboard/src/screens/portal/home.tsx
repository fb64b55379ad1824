import { SimpleGrid, Stack, Text } from '@mantine/core';
import {
  appsGetOptions,
  breakersListOptions,
  deadlettersStatsOptions,
  deliveriesListOptions,
  statisticsDeliveryStatsOptions,
  webhookmetricsOfAppOptions,
} from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Chart } from '../../show/chart/chart.js';
import { Time } from '../../show/clock.js';
import { formatCount, formatDuration, formatShare, plural } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { Rows } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { Tile } from '../../show/tile.js';
import { BreakerCard } from '../breakers/breaker-card.js';
import { healthSentence } from './health-sentence.js';

/** What the owner of an app sees first: whether it is well, what failed, and what its users got instead. */
export function PortalHome() {
  const scope = useScope();
  const appId = scope.appId ?? '';
  const app = useQuery(appsGetOptions({ path: { appId } }));
  const metrics = useQuery(webhookmetricsOfAppOptions({ path: { appId }, query: { window: '24h' } }));
  const statistics = useQuery(statisticsDeliveryStatsOptions());
  const breakers = useQuery(breakersListOptions({ query: { appId } }));
  const deadLetters = useQuery(deadlettersStatsOptions());
  const links = useLinks();
  const troubled = (breakers.data?.items ?? []).filter(
    ({ state, forced }) => state !== 'closed' || forced !== null,
  );
  const verdict =
    app.data && metrics.data && breakers.data && deadLetters.data
      ? healthSentence({
          total: metrics.data.totals.total,
          successes: metrics.data.totals.successes,
          openBreakers: troubled.filter(({ state }) => state === 'open').length,
          deadLetters: deadLetters.data.total,
          fallbacks: statistics.data?.summary.fallback ?? 0,
          isPaused: app.data.pausedAt !== null,
          isDisabled: app.data.status === 'disabled',
        })
      : null;
  return (
    <Page
      title={app.data?.name ?? appId}
      mark={verdict ? <StateBadge state={verdict.state} /> : null}
      about={verdict?.sentence}
    >
      <Answer query={metrics} what="figures">
        {({ totals, series }) => (
          <Stack>
            <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
              <Tile
                title="Succeeded, 24 h"
                value={formatShare(totals.successes, totals.total)}
                note={plural(totals.total, 'attempt')}
                to={links.deliveries({ range: '24h' })}
              />
              <Tile
                title="p95, 24 h"
                value={totals.p95Ms === null ? '–' : formatDuration(totals.p95Ms)}
                note="95 of 100 attempts took no longer"
              />
              <Tile
                title="Dead letters"
                value={deadLetters.data ? formatCount(deadLetters.data.total) : '–'}
                note="wait for a decision"
                to={links.deadLetters()}
                tone={deadLetters.data && deadLetters.data.total > 0 ? 'warning' : undefined}
              />
              <Tile
                title="Answered by a fallback, 24 h"
                value={statistics.data ? formatCount(statistics.data.summary.fallback) : '–'}
                note="what your users got instead"
                to={links.deliveries({ status: 'fallback' })}
              />
            </SimpleGrid>
            <Panel title="Attempts, 24 h">
              <Chart
                kind="stacked"
                label="Attempts of the last 24 hours"
                summary={`${plural(totals.successes, 'attempt')} succeeded and ${formatCount(totals.failures)} failed in the last 24 h.`}
                points={series.map(({ at, successes, failures }) => ({ at, successes, failures }))}
                series={[
                  { id: 'successes', title: 'Succeeded', tone: 'ok' },
                  { id: 'failures', title: 'Failed', tone: 'danger' },
                ]}
                format={formatCount}
              />
            </Panel>
          </Stack>
        )}
      </Answer>
      {troubled.length > 0 ? (
        <Panel title="Breakers that are not closed">
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            {troubled.map((breaker) => (
              <BreakerCard key={breaker.capability} breaker={breaker} mayAct={false} />
            ))}
          </SimpleGrid>
        </Panel>
      ) : null}
      <FailureGroups />
      <Fallbacks appId={appId} />
    </Page>
  );
}

/** Dead letters by capability and by kind of failure. */
function FailureGroups() {
  const links = useLinks();
  const deadLetters = useQuery(deadlettersStatsOptions());
  return (
    <Panel title="What failed">
      <Answer
        query={deadLetters}
        what="dead letters"
        isEmpty={({ total }) => total === 0}
        empty={<Text size="sm">Every delivery was made, or is still being tried.</Text>}
      >
        {({ byEventType }) => (
          <Rows
            label="Dead letters by capability or event type, most first"
            rows={Object.entries(byEventType).toSorted(([, a], [, b]) => b - a)}
            idOf={([type]) => type}
            columns={[
              {
                id: 'type',
                title: 'Capability or event type',
                cell: ([type]) => (
                  <Go to={links.deadLetters({ eventType: type })}>
                    <span className="breakable">{type}</span>
                  </Go>
                ),
              },
              { id: 'count', title: 'Dead letters', isNumber: true, cell: ([, count]) => formatCount(count) },
            ]}
          />
        )}
      </Answer>
    </Panel>
  );
}

const LATEST = 5;

function Fallbacks({ appId }: { appId: string }) {
  const links = useLinks();
  const served = useQuery(deliveriesListOptions({ query: { appId, status: 'fallback', limit: LATEST } }));
  return (
    <Panel
      title="What users saw instead of your answer"
      actions={<Go to={links.deliveries({ status: 'fallback' })}>All of them</Go>}
    >
      <Answer
        query={served}
        what="fallbacks"
        isEmpty={({ items }) => items.length === 0}
        empty={<Text size="sm">Your app answered every call.</Text>}
      >
        {({ items }) => (
          <Rows
            label="Latest calls that a fallback answered, newest first"
            rows={items}
            idOf={({ id }) => id}
            to={({ id }) => links.delivery(id)}
            columns={[
              {
                id: 'capability',
                title: 'Capability',
                cell: ({ id, capability }) => <Go to={links.delivery(id)}>{capability}</Go>,
              },
              { id: 'createdAt', title: 'When', cell: ({ createdAt }) => <Time at={createdAt} /> },
              { id: 'error', title: 'Why', cell: ({ lastErrorClass }) => lastErrorClass ?? '' },
            ]}
          />
        )}
      </Answer>
    </Panel>
  );
}
