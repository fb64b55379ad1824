import { Skeleton, Text } from '@mantine/core';
import { apphealthUptimeOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { dayTitle, dayTone, failedShare, uptimeSummary, type Day } from './uptime.js';

const STEP = 3;
const HEIGHT = 24;
/** What a day with a single failure shows at least of it, px. */
const LEAST = 5;
const SLOW_MS = 300_000;

/** A bar for each of 90 days: what failed stands above what succeeded. */
export function UptimeStrip({ appId }: { appId: string }) {
  const uptime = useQuery({
    ...apphealthUptimeOptions({ path: { appId } }),
    staleTime: SLOW_MS,
    refetchInterval: SLOW_MS,
    meta: { isSlow: true },
  });
  if (uptime.data === undefined)
    return uptime.error ? <Text size="xs">not available</Text> : <Skeleton height={HEIGHT} width={270} />;
  const { days } = uptime.data;
  return (
    <div style={{ textAlign: 'left' }}>
      <svg
        width="100%"
        style={{ maxWidth: days.length * STEP, display: 'block' }}
        viewBox={`0 0 ${days.length * STEP} ${HEIGHT}`}
        role="img"
        aria-label={`${days.length} days: ${uptimeSummary(days)}`}
      >
        {days.map((day, index) => (
          <Bar key={day.day} day={day} x={index * STEP} />
        ))}
      </svg>
      <Text size="xs" className="dimmed" aria-hidden>
        {uptimeSummary(days)}
      </Text>
    </div>
  );
}

function Bar({ day, x }: { day: Day; x: number }) {
  const share = failedShare(day);
  const failed = share === null || share === 0 ? 0 : Math.max(LEAST, share * HEIGHT);
  return (
    <g>
      <title>{dayTitle(day)}</title>
      {share === null ? (
        <rect x={x} y={HEIGHT - 3} width={STEP - 1} height={3} fill="var(--tone-neutral)" opacity={0.5} />
      ) : (
        <rect x={x} y={failed} width={STEP - 1} height={HEIGHT - failed} fill="var(--tone-ok)" />
      )}
      {failed > 0 ? (
        <rect x={x} y={0} width={STEP - 1} height={failed} fill={`var(--tone-${dayTone(day)})`} />
      ) : null}
    </g>
  );
}
