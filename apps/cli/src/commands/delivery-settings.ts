import { jsonOf } from '../arguments.js';

/** Options of a subscription and of a target of a source: where events are sent, and how. */
export interface DeliverySettings {
  to?: string;
  filter?: string;
  description?: string;
  retry?: string;
  rate?: number;
  concurrency?: number;
  headers?: string;
  ordered?: boolean;
  timeout?: number;
  signatures?: string[];
}

export const RATE = 'rateLimitPerSecond';

/** The members that the API takes; undefined where an option was left out. */
export function deliveryMembers(settings: DeliverySettings): object {
  const { to, filter, description, retry, rate, concurrency, headers, ordered } = settings;
  const { timeout, signatures } = settings;
  return {
    url: to,
    filter: filter === undefined ? undefined : jsonOf(filter, '--filter'),
    description,
    retry: retry?.startsWith('{') ? jsonOf(retry, '--retry') : retry,
    [RATE]: rate,
    concurrency,
    headers: headers === undefined ? undefined : jsonOf(headers, '--headers'),
    ordered,
    timeout,
    signatures,
  };
}
