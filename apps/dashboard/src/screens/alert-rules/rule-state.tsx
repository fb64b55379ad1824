import { Group, Text } from '@mantine/core';
import type { AlertRuleDto } from '@breakwater/client';
import { Countdown, useNow } from '../../show/clock.js';
import { StateBadge } from '../../show/state-badge.js';
import { isMuted } from './rule-draft.js';

/** On, off, or muted. */
export function RuleState({ rule }: { rule: AlertRuleDto }) {
  const now = useNow();
  if (!rule.enabled) return <StateBadge state="disabled" word="off" />;
  if (!isMuted(rule, now)) return <StateBadge state="active" word="on" />;
  return (
    <Group gap={6}>
      <StateBadge state="paused" word="muted" />
      <Text size="sm" className="dimmed" component="span">
        ends <Countdown to={rule.mutedUntil} />
      </Text>
    </Group>
  );
}
