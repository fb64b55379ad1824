import type { DeliveriesListData } from '@breakwater/client';
import { periodOf } from '../../data/period.js';
import type { SavedView } from '../../data/saved-views.js';
import type { FilterField } from '../../show/filter-bar.js';

export const DELIVERY_FILTERS = [
  'status',
  'appId',
  'capability',
  'kind',
  'errorClass',
  'mode',
  'endpointId',
  'requestId',
  'idempotencyKey',
  'range',
  'from',
  'to',
] as const;
export type DeliveryFilter = (typeof DELIVERY_FILTERS)[number];

export const ERROR_CLASSES = [
  'network',
  'rate_limit',
  'server_error',
  'client_error',
  'signature',
  'validation',
  'blocked',
] as const;

const words = (values: readonly string[]): { value: string; label: string }[] =>
  values.map((value) => ({ value, label: value.replaceAll('_', ' ') }));

export const DELIVERY_FIELDS: readonly FilterField<DeliveryFilter>[] = [
  {
    name: 'status',
    label: 'Status',
    options: words(['pending', 'completed', 'fallback', 'failed', 'dead_letter', 'cancelled']),
  },
  { name: 'appId', label: 'App' },
  { name: 'capability', label: 'Capability' },
  { name: 'errorClass', label: 'Error class', options: words(ERROR_CLASSES) },
  {
    name: 'kind',
    label: 'Kind',
    options: [
      { value: 'invocation', label: 'call' },
      { value: 'event', label: 'event' },
    ],
    isRare: true,
  },
  {
    name: 'mode',
    label: 'Mode',
    options: [
      { value: 'sync', label: 'sync: the caller waits' },
      { value: 'async', label: 'async: with retries' },
    ],
    isRare: true,
  },
  { name: 'endpointId', label: 'Endpoint id', isRare: true },
  { name: 'requestId', label: 'Request id', isRare: true },
  { name: 'idempotencyKey', label: 'Idempotency key', isRare: true },
];

export const DELIVERY_VIEWS: readonly SavedView[] = [
  { name: 'Waiting', search: { status: 'pending' } },
  { name: 'Dead letters, last 24 h', search: { status: 'dead_letter', range: '24h' } },
  { name: 'Answered by a fallback, last 24 h', search: { status: 'fallback', range: '24h' } },
  { name: 'Timeouts and network errors', search: { errorClass: 'network' } },
];

type Query = NonNullable<DeliveriesListData['query']>;

/**
 * What the API is asked for.
 * @param appId the only app that is seen; null: the one of the filter, or all
 */
export function deliveriesQuery(
  { range, from, to, ...values }: Partial<Record<DeliveryFilter, string>>,
  appId: string | null,
  now: Date,
): Query {
  const query = { ...values, ...periodOf({ range, from, to }, now) } as Query;
  return appId === null ? query : { ...query, appId };
}
