/** Fallback strategies every Breakwater has; plugged-in ones are added to them at start. */
export const BUILT_IN_STRATEGIES: readonly string[] = [
  'random_winner',
  'pending_approval',
  'static',
  'last_success',
  'queue',
  'none',
];

/** What answers for a capability whose manifest names no fallback. */
export function defaultFallback(capability: string): { strategy: string } {
  switch (capability) {
    case 'winner_selection':
      return { strategy: 'random_winner' };
    case 'participant_registration':
      return { strategy: 'pending_approval' };
    default:
      return { strategy: 'none' };
  }
}
