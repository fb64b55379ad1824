/** An entry of the audit log about a rule, in words. Pure. */

const FIELDS: Readonly<Record<string, string>> = {
  name: 'name',
  threshold: 'threshold',
  windowMs: 'window (ms)',
  minSamples: 'calls at least',
  cooldownSeconds: 'cooldown (s)',
  channels: 'channels',
  enabled: 'switched on',
  until: 'until',
  reason: 'reason',
};

const ACTIONS: Readonly<Record<string, string>> = {
  'alert_rule.create': 'created',
  'alert_rule.update': 'changed',
  'alert_rule.delete': 'deleted',
  'alert_rule.mute': 'muted',
  'alert_rule.unmute': 'no longer muted',
  'alert_rule.test_notice': 'test notice sent',
};

/** "changed: threshold 95, switched on no". */
export function editText({
  action,
  detail,
}: {
  action: string;
  detail: Record<string, unknown> | null;
}): string {
  const done = ACTIONS[action] ?? action;
  const parts = Object.entries(detail ?? {})
    .filter(([name]) => FIELDS[name] !== undefined)
    .map(([name, value]) => `${FIELDS[name]} ${valueText(value)}`);
  return parts.length === 0 ? done : `${done}: ${parts.join(', ')}`;
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'all' : value.join(' and ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
