import { BreakwaterError } from '@breakwater/platform';

/** An app's own key may not undo a hold of the platform's people. */
export class HeldByPlatformError extends BreakwaterError {
  readonly code = 'HELD_BY_PLATFORM';

  constructor(what: string, isHeld: 'paused' | 'disabled', by: string | null) {
    const done = isHeld === 'paused' ? 'resume' : 'enable';
    super(`${what} was ${isHeld} by ${by ?? 'the platform'}; only a key with the scope admin may ${done} it`);
  }
}
