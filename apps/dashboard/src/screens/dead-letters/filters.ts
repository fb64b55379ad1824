import type { DeadlettersListData, BulkFilterDto } from '@breakwater/client';
import { RANGES } from '../../data/period.js';
import { errorClassOf } from '../../show/delivery-words.js';
import type { FilterField } from '../../show/filter-bar.js';
import { ERROR_CLASSES } from '../deliveries/filters.js';

export const DEAD_LETTER_FILTERS = [
  'state',
  'appId',
  'capability',
  'errorClass',
  'reason',
  'category',
  'eventType',
  'newer',
  'older',
] as const;
export type DeadLetterFilter = (typeof DEAD_LETTER_FILTERS)[number];
export type DeadLetterFilters = Partial<Record<DeadLetterFilter, string>>;

/** Why a delivery was given up, in words. */
export const REASONS: Readonly<Record<string, string>> = {
  exhausted: 'all attempts failed',
  non_retryable: 'an answer that does not change',
  circuit_open: 'the breaker stayed open',
  poison: 'its workers died repeatedly',
  endpoint_disabled: 'the endpoint stayed disabled',
};

const options = (words: Readonly<Record<string, string>>): { value: string; label: string }[] =>
  Object.entries(words).map(([value, label]) => ({ value, label }));
const ages = RANGES.map(({ name, title }) => ({ value: name, label: title.replace('Last ', '') }));

export const DEAD_LETTER_FIELDS: readonly FilterField<DeadLetterFilter>[] = [
  {
    name: 'state',
    label: 'State',
    options: options({ requeued: 'sent again', resolved: 'resolved', all: 'all states' }),
    unset: 'unresolved',
  },
  { name: 'appId', label: 'App' },
  { name: 'capability', label: 'Capability' },
  {
    name: 'errorClass',
    label: 'Error class',
    options: ERROR_CLASSES.map((value) => ({ value, label: errorClassOf(value) })),
  },
  { name: 'newer', label: 'Failed within', options: ages, unset: 'any time' },
  { name: 'reason', label: 'Reason', options: options(REASONS), isRare: true },
  {
    name: 'category',
    label: 'Category',
    options: options({
      RETRYABLE: 'may pass later',
      RATE_LIMIT: 'rate limit',
      NON_RETRYABLE: 'will not pass',
      VALIDATION: 'refused content',
    }),
    isRare: true,
  },
  { name: 'eventType', label: 'Event type', isRare: true },
  { name: 'older', label: 'Older than', options: ages, unset: 'any time', isRare: true },
];

const ageOf = (name: string | undefined): number | undefined =>
  RANGES.find((range) => range.name === name)?.ms;

type Query = NonNullable<DeadlettersListData['query']>;

/**
 * What the API is asked for.
 * @param appId the only app that is seen; null: the one of the filter, or all
 */
export function deadLettersQuery(
  { newer, older, ...values }: DeadLetterFilters,
  appId: string | null,
): Query {
  const query: Query = {
    ...(values as Query),
    ...(ageOf(newer) === undefined ? {} : { maxAgeMs: ageOf(newer) }),
    ...(ageOf(older) === undefined ? {} : { minAgeMs: ageOf(older) }),
  };
  return appId === null ? query : { ...query, appId };
}

/** A bulk operation takes the unresolved ones that match these; `errorClass` and `state` it does not know. */
export function bulkFilterOf(
  { appId, capability, reason, category, eventType, newer, older }: DeadLetterFilters,
  now: Date,
): BulkFilterDto {
  const before = (ageMs: number | undefined): string | undefined =>
    ageMs === undefined ? undefined : new Date(now.getTime() - ageMs).toISOString();
  const from = before(ageOf(newer));
  const filter = {
    ...(appId === undefined ? {} : { appId }),
    ...(capability === undefined ? {} : { capability }),
    ...(reason === undefined ? {} : { reason }),
    ...(category === undefined ? {} : { category }),
    ...(eventType === undefined ? {} : { types: [eventType] }),
    ...(from === undefined ? {} : { from }),
    // What fails from now on was not seen by the person who asks.
    to: before(ageOf(older)) ?? now.toISOString(),
  };
  return filter as BulkFilterDto;
}

/** Why no bulk operation takes just what the list shows; null: one does. */
export function notInBulk({ state, errorClass }: DeadLetterFilters): string | null {
  if (state !== undefined)
    return 'Only unresolved dead letters can be changed together: clear the filter State.';
  if (errorClass !== undefined)
    return 'A bulk operation does not know the filter Error class: clear it, or select rows.';
  return null;
}
