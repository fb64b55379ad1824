import { BreakwaterError, type Problem } from '@breakwater/platform';

/** A filter or a URL that does not fit the kind of the operation, or a filter that would match everything. */
export class BulkFilterInvalidError extends BreakwaterError {
  readonly code = 'BULK_FILTER_INVALID';

  constructor(override readonly problems: Problem[]) {
    super('nothing was planned');
  }
}

export class BulkOperationNotFoundError extends BreakwaterError {
  readonly code = 'BULK_OPERATION_NOT_FOUND';

  constructor(id: string) {
    super(`no bulk operation "${id}"`);
  }
}

/** It cannot be run or cancelled in the state it is in. */
export class BulkOperationStateError extends BreakwaterError {
  readonly code = 'BULK_OPERATION_STATE';

  constructor(id: string, action: 'run' | 'cancelled', status: string, error: string | null) {
    super(
      `bulk operation "${id}" cannot be ${action}: it is ${status}${error === null ? '' : ` (${error})`}`,
    );
  }
}
