import { BreakwaterError } from '@breakwater/platform';

export class EventNotFoundError extends BreakwaterError {
  readonly code = 'EVENT_NOT_FOUND';

  constructor(id: string) {
    super(`no event "${id}"`);
  }
}
