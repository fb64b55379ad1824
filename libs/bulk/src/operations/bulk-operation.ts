import type { ReplayResult } from '@breakwater/delivery';

export const BULK_KINDS = ['replay', 'redeliver', 'resolve', 'cancel'] as const;
export type BulkKind = (typeof BULK_KINDS)[number];

export const BULK_STATUSES = ['planning', 'planned', 'running', 'completed', 'cancelled', 'refused'] as const;
export type BulkStatus = (typeof BULK_STATUSES)[number];

export const ITEM_RESULTS = ['succeeded', 'skipped', 'failed', 'waiting'] as const;
export type ItemResult = (typeof ITEM_RESULTS)[number];

/** Maximum number of items of an operation. */
export const ITEMS_MAX = 1_000_000;
/** Items per second, if the request does not say. */
export const PER_SECOND = 100;
export const PER_SECOND_MAX = 10_000;

/** What an operation concerns, as it is stored; times in ISO 8601. */
export interface StoredFilter {
  eventId?: string;
  appId?: string;
  capability?: string;
  /** The subscription, if the request names one. */
  endpointId?: string;
  types?: string[];
  category?: string;
  reason?: string;
  from?: string;
  to?: string;
  result?: ReplayResult;
}

export interface BulkOperation {
  id: string;
  /** The app whose key created it; null: the platform. */
  appId: string | null;
  kind: BulkKind;
  status: BulkStatus;
  filter: StoredFilter;
  /** Replay to another URL. */
  url: string | null;
  notes: string | null;
  perSecond: number;
  planned: number;
  /** Items with a result: the sum of the next three. */
  done: number;
  succeeded: number;
  skipped: number;
  failed: number;
  /** Why it was refused. */
  error: string | null;
  createdBy: string;
  createdAt: Date;
  startedBy: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** Fields of a filter by the kinds that have them. */
const FIELDS: Record<BulkKind, readonly (keyof StoredFilter)[]> = {
  replay: ['eventId', 'appId', 'endpointId', 'types', 'from', 'to', 'result'],
  redeliver: ['appId', 'capability', 'endpointId', 'types', 'category', 'reason', 'from', 'to'],
  resolve: ['appId', 'capability', 'endpointId', 'types', 'category', 'reason', 'from', 'to'],
  cancel: ['appId', 'capability', 'endpointId', 'types', 'from', 'to'],
};

/** A problem of a filter: the member as requests name it, or null for the filter as a whole. */
export interface FilterFault {
  member: string | null;
  rule: 'kind' | 'required';
  message: string;
}

/** What is wrong with the filter of a request. A filter of everything is refused: it is rarely what people want. */
export function filterFaults(kind: BulkKind, filter: StoredFilter): FilterFault[] {
  const given = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [name as keyof StoredFilter],
  );
  const foreign = given
    .filter((name) => !FIELDS[kind].includes(name))
    .map((name): FilterFault => {
      const message = `has no meaning for ${kind}; it may have ${membersOf(kind)}`;
      return { member: memberOf(name), rule: 'kind', message };
    });
  if (foreign.length > 0) return foreign;
  if (kind === 'replay') {
    const missing = (['from', 'to'] as const).filter((name) => filter[name] === undefined);
    return filter.eventId !== undefined
      ? []
      : missing.map((member) => {
          return { member, rule: 'required', message: 'is required: a replay has a range of time' };
        });
  }
  if (given.length > 0) return [];
  return [{ member: null, rule: 'required', message: `must have at least one of ${membersOf(kind)}` }];
}

/** The members that a request may give; the id of an event is in the path of its route. */
function membersOf(kind: BulkKind): string {
  return FIELDS[kind]
    .filter((name) => name !== 'eventId')
    .map(memberOf)
    .join(', ');
}

function memberOf(name: keyof StoredFilter): string {
  return name === 'endpointId' ? 'subscription' : name;
}

type Request = Pick<BulkOperation, 'kind' | 'filter' | 'url' | 'notes' | 'perSecond'>;

/** Whether two requests are the same, so that one key stands for both. */
export function isSameRequest(one: Request, other: Request): boolean {
  const textOf = ({ kind, filter, url, notes, perSecond }: Request): string =>
    JSON.stringify([
      kind,
      url,
      notes,
      perSecond,
      Object.entries(filter).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ]);
  return textOf(one) === textOf(other);
}
