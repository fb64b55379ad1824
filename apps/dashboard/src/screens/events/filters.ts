import type { EventsListData } from '@breakwater/client';
import { periodOf } from '../../data/period.js';
import type { FilterField } from '../../show/filter-bar.js';

export const EVENT_FILTERS = ['type', 'appId', 'status', 'range', 'from', 'to'] as const;
export type EventFilter = (typeof EVENT_FILTERS)[number];

export const EVENT_FIELDS: readonly FilterField<EventFilter>[] = [
  { name: 'type', label: 'Type', placeholder: 'order.created' },
  { name: 'appId', label: 'App' },
  {
    name: 'status',
    label: 'Status',
    options: [
      { value: 'scheduled', label: 'scheduled: due later' },
      { value: 'held', label: 'held: its source is paused' },
      { value: 'fanning_out', label: 'fanning out' },
      { value: 'published', label: 'published' },
    ],
  },
];

type Query = NonNullable<EventsListData['query']>;

/**
 * What the API is asked for.
 * @param appId the only app that is seen; null: the one of the filter, or all
 */
export function eventsQuery(
  { range, from, to, ...values }: Partial<Record<EventFilter, string>>,
  appId: string | null,
  now: Date,
): Query {
  const query = { ...values, ...periodOf({ range, from, to }, now) } as Query;
  return appId === null ? query : { ...query, appId };
}
