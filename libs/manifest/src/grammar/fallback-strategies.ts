/** Fallback strategies that every Breakwater has; plug-in strategies are added at the start. */
export const BUILT_IN_STRATEGIES: readonly string[] = [
  'random_winner',
  'pending_approval',
  'static',
  'last_success',
  'queue',
  'none',
];

/** The fallback of a capability whose manifest names none. */
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
