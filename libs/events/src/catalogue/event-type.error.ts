import { BreakwaterError, type Problem } from '@breakwater/platform';

/** The event type is not valid; contains all problems. */
export class EventTypeInvalidError extends BreakwaterError {
  readonly code = 'EVENT_TYPE_INVALID';

  constructor(override readonly problems: Problem[]) {
    super(`the event type has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`);
  }
}

export class EventTypeNotFoundError extends BreakwaterError {
  readonly code = 'EVENT_TYPE_NOT_FOUND';

  constructor(name: string) {
    super(`no event type "${name}" in the catalogue`);
  }
}

/** The catalogue has the maximum number of event types. */
export class EventTypesFullError extends BreakwaterError {
  readonly code = 'EVENT_TYPES_FULL';

  constructor(max: number) {
    super(`the catalogue has ${max} event types at most; delete one that is no longer needed`);
  }
}

/** Events do not match the catalogue; contains all problems, and nothing was stored. */
export class EventRefusedError extends BreakwaterError {
  readonly code = 'EVENT_REFUSED';

  constructor(override readonly problems: Problem[]) {
    super('the catalogue of event types refuses the event; nothing was stored');
  }
}

/** Only Breakwater itself creates events of these types; nothing was stored. */
export class EventTypeReservedError extends BreakwaterError {
  readonly code = 'EVENT_TYPE_RESERVED';

  constructor(override readonly problems: Problem[]) {
    super('the event type is reserved for captured requests; nothing was stored');
  }
}
