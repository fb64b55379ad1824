import { Text } from '@mantine/core';
import { breakersGetOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { Countdown } from '../../show/clock.js';
import { Notice } from '../../show/notice.js';

/** Says first that a breaker is open: what is sent now waits until it closes. */
export function BreakerNow({ appId, capability }: { appId: string; capability: string }) {
  const breaker = useQuery({ ...breakersGetOptions({ path: { appId, capability } }), retry: false });
  if (breaker.data === undefined || breaker.data.state === 'closed') return null;
  const { state, retryAt, lastReason } = breaker.data;
  return (
    <Notice
      tone="warning"
      title={state === 'open' ? 'The circuit breaker is open' : 'The circuit breaker is half-open'}
    >
      <Text size="sm">
        What is sent now waits until it closes. Next probe: <Countdown to={retryAt} />.
        {lastReason === null ? null : ` Last failure: ${lastReason}.`}
      </Text>
    </Notice>
  );
}
