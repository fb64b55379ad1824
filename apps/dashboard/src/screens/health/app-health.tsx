import { Group, Stack, Text } from '@mantine/core';
import { apphealthGetOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { useScope } from '../../session/session.js';
import { Answer } from '../../show/answer.js';
import { Countdown, Time } from '../../show/clock.js';
import { Facts } from '../../show/facts.js';
import { formatDuration } from '../../show/format.js';
import { StateBadge } from '../../show/state-badge.js';
import { CheckNow } from './check-now.js';
import { UptimeStrip } from './uptime-strip.js';

/** The health checks of one app. */
export function AppHealth({ appId }: { appId: string }) {
  const { may } = useScope();
  const health = useQuery(apphealthGetOptions({ path: { appId } }));
  return (
    <Answer query={health} what="health checks">
      {({
        status,
        checked,
        lastCheck,
        responseTimeMs,
        consecutiveFailures,
        failingSince,
        nextCheckAt,
        details,
      }) => (
        <Stack gap="sm" align="flex-start">
          <Group>
            <StateBadge state={status} />
            {checked && may('test') ? <CheckNow appId={appId} /> : null}
          </Group>
          {checked ? null : <Text size="sm">Its manifest says that its health is not checked.</Text>}
          <UptimeStrip appId={appId} />
          <Facts
            facts={[
              ['Last check', <Time key="last" at={lastCheck} />],
              ['Took', responseTimeMs === null ? '–' : formatDuration(responseTimeMs)],
              ['Outcome', details.outcome ?? '–'],
              ['Status code', details.httpStatus ?? '–'],
              ['Error', details.error ?? '–'],
              ['Failed in a row', consecutiveFailures],
              ['Failing since', <Time key="since" at={failingSince} />],
              ['Next check', <Countdown key="next" to={nextCheckAt} done="due" />],
            ]}
          />
        </Stack>
      )}
    </Answer>
  );
}
