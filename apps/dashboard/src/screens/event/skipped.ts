/** Why a subscription did not get an event. */
export function whySkipped({ reason, term }: { reason: string; term: string | null }): string {
  switch (reason) {
    case 'type':
      return 'It does not listen to this type.';
    case 'filter':
      return term === null ? 'Its filter does not match.' : `Its filter does not match at ${term}.`;
    case 'disabled':
      return 'It was disabled.';
    default:
      return `${reason.replaceAll('_', ' ')}${term === null ? '' : ` ${term}`}`;
  }
}
