/** An edit of a rule, in words. Pure. */

const NAMES: Readonly<Record<string, string>> = {
  name: 'name',
  threshold: 'threshold',
  windowMs: 'window (ms)',
  minSamples: 'calls at least',
  cooldownSeconds: 'cooldown (s)',
  channels: 'channels',
  enabled: 'switched on',
  mutedUntil: 'muted until',
};

interface Edit {
  /** create, update. */
  action: string;
  /** By the name of the member: its value before and after. */
  changes: Record<string, unknown>;
}

/** "created", or "threshold from 95 to 90, switched on from yes to no". */
export function editText({ action, changes }: Edit): string {
  if (action === 'create') return 'created';
  const parts = Object.entries(changes).map(([name, change]) => {
    const { from, to } = (change ?? {}) as { from?: unknown; to?: unknown };
    return `${NAMES[name] ?? name} from ${valueText(from)} to ${valueText(to)}`;
  });
  return parts.length === 0 ? 'saved' : parts.join(', ');
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'all' : value.join(' and ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
