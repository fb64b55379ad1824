import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { BreakerDto } from '@breakwater/client';
import { breakersGetOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Time } from '../../show/clock.js';
import { Go } from '../../show/go.js';
import { BreakerState, NextStep } from './breaker-state.js';
import { BreakerActs } from './breaker-buttons.js';

const REFRESH_MS = 5000;

/** One breaker: its state, why, since when, and what comes next. */
export function BreakerCard({ breaker, mayAct }: { breaker: BreakerDto; mayAct: boolean }) {
  const { appId, capability, state, forced } = breaker;
  const { isPortal } = useScope();
  const links = useLinks();
  const isOrdinary = state === 'closed' && forced === null;
  const tone = forced === null && state === 'half_open' ? 'warning' : state === 'closed' ? 'ok' : 'danger';
  return (
    <Paper
      withBorder
      p="sm"
      component="article"
      aria-label={`${appId} / ${capability}`}
      style={{ borderLeft: `4px solid var(--tone-${tone})` }}
    >
      <Stack gap={6} h="100%">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Title order={3} className="breakable">
            <Go to={links.breaker(appId, capability)}>
              {isPortal ? capability : `${appId} / ${capability}`}
            </Go>
          </Title>
          <BreakerState breaker={breaker} />
        </Group>
        {isOrdinary ? <Ordinary breaker={breaker} /> : <Why breaker={breaker} />}
        <Text size="sm" component="div">
          <NextStep breaker={breaker} />
        </Text>
        {mayAct && !isOrdinary ? (
          <Group gap="xs" mt="auto">
            <BreakerActs breaker={breaker} />
          </Group>
        ) : null}
      </Stack>
    </Paper>
  );
}

/** A closed one: when it failed last. */
function Ordinary({ breaker: { failureCount, lastFailureAt, lastReason } }: { breaker: BreakerDto }) {
  return (
    <Text size="sm" className="dimmed breakable" component="div">
      {failureCount > 0 ? `${failureCount} failures in a row. ` : ''}
      {lastFailureAt === null ? (
        'It has not failed since its counts were set to zero.'
      ) : (
        <>
          Last failure <Time at={lastFailureAt} />
          {lastReason === null ? '' : `: ${lastReason}`}
        </>
      )}
    </Text>
  );
}

/** The sentence of the API; it knows the numbers of the app's manifest, which the list has not. */
function Why({ breaker: { appId, capability, state, failureCount, lastReason } }: { breaker: BreakerDto }) {
  const story = useQuery({
    ...breakersGetOptions({ path: { appId, capability } }),
    refetchInterval: REFRESH_MS,
  });
  const short = `${failureCount} failures${lastReason === null ? '' : `, the last with: ${lastReason}`}`;
  const why = story.data?.state === state ? story.data.why : short;
  return (
    <Text size="sm" className="breakable" lineClamp={4}>
      {why}
    </Text>
  );
}
