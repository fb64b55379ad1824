import { Group } from '@mantine/core';
import type { BreakerDto } from '@breakwater/client';
import { Countdown, Time } from '../../show/clock.js';
import { StateBadge } from '../../show/state-badge.js';

/** Its state, and whether a person forced it. */
export function BreakerState({
  breaker: { state, forced },
}: {
  breaker: Pick<BreakerDto, 'state' | 'forced'>;
}) {
  return (
    <Group gap={4} wrap="nowrap">
      <StateBadge state={state} />
      {forced === null ? null : <StateBadge state="paused" word="forced" />}
    </Group>
  );
}

/** Since when it is so, and what comes next. */
export function NextStep({ breaker }: { breaker: BreakerDto }) {
  const { state, forced, forcedDetail, openedAt, retryAt, probe } = breaker;
  if (forced !== null && forcedDetail)
    return (
      <>
        Since <Time at={forcedDetail.since} />, until a person makes it automatic again.
      </>
    );
  if (state === 'closed') return null;
  const opened = (
    <>
      Opened <Time at={openedAt} />.{' '}
    </>
  );
  if (state === 'open')
    return (
      <>
        {opened}
        Next probe: <Countdown to={retryAt} done="with the next call" />.
      </>
    );
  return (
    <>
      {opened}
      {probe === null ? (
        'The next call is a probe.'
      ) : (
        <>
          A probe is under way{probe.holder === null ? '' : ` in ${probe.holder}`}; its lease ends{' '}
          <Countdown to={probe.until} />.
        </>
      )}
    </>
  );
}
