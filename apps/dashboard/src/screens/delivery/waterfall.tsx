import { Box, Group, Stack, Text } from '@mantine/core';
import type { AttemptDto, DeliveryStoryDto } from '@breakwater/client';
import { formatDuration } from '../../show/format.js';
import { StateBadge } from '../../show/state-badge.js';
import { phasesOf, stretchesOf, widthsOf, type Phase, type Stretch } from './times.js';

const PHASE_TONE: Record<Phase['name'], string> = {
  DNS: 'neutral',
  connect: 'info',
  TLS: 'warning',
  'first byte': 'ok',
  body: 'info',
  call: 'info',
};

/** All attempts: a strip of the whole time, and below it each attempt with its phases and the wait after it. */
export function Waterfall({ story }: { story: DeliveryStoryDto }) {
  const stretches = stretchesOf(story);
  if (stretches.length === 0) return <Text className="dimmed">No attempt was made yet.</Text>;
  const longest = Math.max(1, ...story.history.map(({ durationMs }) => durationMs ?? 0));
  return (
    <Stack gap="sm">
      <Strip stretches={stretches} />
      <Box component="ol" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Attempts and waits">
        {stretches.map((stretch) => (
          <Box component="li" key={`${stretch.kind} ${stretch.fromMs} ${stretch.number}`} py={4}>
            {stretch.kind === 'wait' ? (
              <Text
                size="sm"
                className="dimmed"
                pl="md"
                style={{ borderLeft: '3px dotted var(--text-dimmed)' }}
              >
                {`${stretch.state === 'lasts' ? 'waits' : 'waited'} ${formatDuration(stretch.toMs - stretch.fromMs)}`}
              </Text>
            ) : (
              <Call
                attempt={story.history.find(({ number }) => number === stretch.number)!}
                longest={longest}
              />
            )}
          </Box>
        ))}
      </Box>
    </Stack>
  );
}

function Strip({ stretches }: { stretches: readonly Stretch[] }) {
  const widths = widthsOf(stretches.map(({ fromMs, toMs }) => toMs - fromMs));
  const calls = stretches.filter(({ kind }) => kind === 'attempt').length;
  const total = stretches.at(-1)!.toMs - stretches[0]!.fromMs;
  return (
    <div
      role="img"
      aria-label={`${calls} attempts within ${formatDuration(total)}; each is listed below`}
      style={{ display: 'flex', height: 18, borderRadius: 4, overflow: 'hidden' }}
    >
      {stretches.map(({ kind, state, fromMs, number }, index) => (
        <span
          key={`${kind} ${fromMs} ${number}`}
          style={{
            width: `${widths[index]}%`,
            background: kind === 'wait' ? WAIT : `var(--tone-${toneOf(state)})`,
          }}
        />
      ))}
    </div>
  );
}

const WAIT =
  'repeating-linear-gradient(135deg, var(--tone-neutral-surface) 0 6px, var(--mantine-color-default-border) 6px 8px)';

function toneOf(outcome: string): string {
  return outcome === 'delivered' ? 'ok' : 'danger';
}

function Call({ attempt, longest }: { attempt: AttemptDto; longest: number }) {
  const { number, outcome, httpStatus, durationMs } = attempt;
  const phases = phasesOf(attempt.timings, durationMs);
  const sum = phases.reduce((all, { ms }) => all + ms, 0);
  const share = Math.max(1, ((durationMs ?? sum) / longest) * 100);
  const widths = widthsOf(phases.map(({ ms }) => ms));
  return (
    <Group gap="sm" wrap="wrap" align="center">
      <Group gap="xs" w={{ base: '100%', sm: 250 }} wrap="nowrap">
        <Text size="sm" fw={600} className="numbers">
          {`#${number}`}
        </Text>
        <StateBadge state={outcome} />
        {httpStatus === null ? null : <Text size="sm">{`HTTP ${httpStatus}`}</Text>}
      </Group>
      <Box style={{ flex: '1 1 200px', minWidth: 0 }}>
        <div aria-hidden style={{ display: 'flex', height: 12, width: `${share}%`, minWidth: 4 }}>
          {phases.map(({ name }, index) => (
            <span
              key={name}
              style={{
                width: `${widths[index]}%`,
                background: `var(--tone-${PHASE_TONE[name]})`,
                borderRight: '1px solid var(--mantine-color-body)',
              }}
            />
          ))}
        </div>
        <Text size="xs" className="dimmed numbers">
          {durationMs === null
            ? 'its end is not known'
            : `${formatDuration(durationMs)}${
                phases.length > 1
                  ? `: ${phases.map(({ name, ms }) => `${name} ${formatDuration(ms)}`).join(', ')}`
                  : ''
              }`}
        </Text>
      </Box>
    </Group>
  );
}
