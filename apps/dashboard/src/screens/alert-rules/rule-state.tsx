import type { AlertRuleDto } from '@breakwater/client';
import { StateBadge } from '../../show/state-badge.js';

/** On, off, or muted. */
export function RuleState({ rule: { enabled } }: { rule: AlertRuleDto }) {
  return enabled ? <StateBadge state="active" word="on" /> : <StateBadge state="disabled" word="off" />;
}
