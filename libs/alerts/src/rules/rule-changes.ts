/** What an edit of a rule changed, by the name of the member. */
export type RuleChanges = Readonly<Record<string, { from: unknown; to: unknown }>>;

const EDITED = [
  'name',
  'threshold',
  'windowMs',
  'minSamples',
  'cooldownSeconds',
  'channels',
  'enabled',
  'mutedUntil',
] as const;
type Edited = Readonly<Record<(typeof EDITED)[number], unknown>>;

/** The members that differ. */
export function changesOf(before: Edited, after: Edited): RuleChanges {
  const changes: Record<string, { from: unknown; to: unknown }> = {};
  for (const name of EDITED) {
    const [from, to] = [before[name], after[name]];
    if (JSON.stringify(from) !== JSON.stringify(to)) changes[name] = { from, to };
  }
  return changes;
}
