import type { StoredFilter } from '../operations/bulk-operation.js';

/** A stored filter with its times as dates. */
export function datesOf({ from, to, ...rest }: StoredFilter): Omit<StoredFilter, 'from' | 'to'> & {
  from?: Date;
  to?: Date;
} {
  return {
    ...rest,
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  };
}
