import { Group, List, Paper, Stack, Text } from '@mantine/core';
import type { AppStatesDto, VerdictDto, VerdictReasonDto } from '@breakwater/client';
import { useLinks } from '../../session/use-links.js';
import { formatCount } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { StateBadge } from '../../show/state-badge.js';
import { reasonScreen, stateTone } from './reasons.js';

const STATES = ['failing', 'degraded', 'ok', 'idle', 'paused', 'disabled'] as const;

/** All in one sentence, then everything that is wrong with the screen that says more. */
export function Verdict({ verdict, apps }: { verdict: VerdictDto; apps: AppStatesDto }) {
  const links = useLinks();
  return (
    <Paper
      withBorder
      p="md"
      component="section"
      aria-label="Verdict"
      style={{ borderLeft: `4px solid var(--tone-${stateTone(verdict.state)})` }}
    >
      <Stack gap="sm">
        <Group gap="sm">
          <StateBadge state={verdict.state} tone={stateTone(verdict.state)} />
          <Text fz="lg" fw={650} role="status">
            {verdict.sentence}
          </Text>
        </Group>
        {verdict.reasons.length > 0 ? (
          <List size="sm" spacing={4}>
            {verdict.reasons.map((reason) => (
              <List.Item key={reason.code}>
                <Reason reason={reason} />
              </List.Item>
            ))}
          </List>
        ) : null}
        <Group gap="md" component="nav" aria-label="Apps by state">
          {STATES.filter((state) => apps[state] > 0).map((state) => (
            <Text key={state} size="sm">
              <Go to={links.apps({ state })}>{`${formatCount(apps[state])} ${state}`}</Go>
            </Text>
          ))}
        </Group>
      </Stack>
    </Paper>
  );
}

function Reason({ reason }: { reason: VerdictReasonDto }) {
  const links = useLinks();
  return (
    <Go to={reasonScreen(reason.code, links)}>
      <span className="breakable">{reason.message}</span>
    </Go>
  );
}
