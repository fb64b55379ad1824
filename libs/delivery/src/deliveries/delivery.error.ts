import { BreakwaterError } from '@breakwater/platform';
import type { ClosedEndpoint } from './redeliver.store.js';

export class DeliveryNotFoundError extends BreakwaterError {
  readonly code = 'DELIVERY_NOT_FOUND';
  constructor(id: string) {
    super(`no delivery "${id}"`);
  }
}

/** It is waiting or running: there is nothing to send again. */
export class DeliveryPendingError extends BreakwaterError {
  readonly code = 'DELIVERY_PENDING';
  constructor(id: string) {
    super(`delivery "${id}" is not finished yet`);
  }
}

/** It cannot be sent again: its endpoint is disabled or gone. The message says what to do. */
export class EndpointClosedError extends BreakwaterError {
  readonly code = 'ENDPOINT_UNAVAILABLE';
  constructor(id: string, endpoint: ClosedEndpoint) {
    super(`delivery "${id}" cannot be sent again: ${whyClosed(endpoint)}`);
  }
}

function whyClosed(endpoint: ClosedEndpoint): string {
  const { appId, appStatus, capability, kind, subscription, status, reason } = endpoint;
  const why = reason === '' ? '' : ` (${reason})`;
  if (appStatus === 'deleted') return 'its app was deleted';
  if (appStatus !== 'active')
    return `app "${appId}" is disabled${why}; enable it (breakwater enable ${appId}), then ask again`;
  if (status === 'removed')
    return kind === 'subscription'
      ? 'its subscription was deleted'
      : `the manifest of app "${appId}" no longer names "${capability}"; register one that does (breakwater apply ${appId} manifest.json), then ask again`;
  if (subscription !== null)
    return `subscription "${subscription}" of app "${appId}" is disabled${why}; enable it (breakwater subscriptions enable ${appId} ${subscription}), then ask again`;
  return `"${capability}" of app "${appId}" is disabled${why}; enable it (breakwater enable ${appId} ${capability}), then ask again`;
}

/** It cannot be cancelled: it is finished, or its call is in progress. */
export class DeliveryNotCancellableError extends BreakwaterError {
  readonly code = 'DELIVERY_NOT_CANCELLABLE';
  constructor(id: string, why: string) {
    super(`delivery "${id}" cannot be cancelled: ${why}`);
  }
}

export class DeliverySyncError extends BreakwaterError {
  readonly code = 'DELIVERY_SYNC';
  constructor(id: string) {
    super(`delivery "${id}" was a sync call: its caller is gone, so it cannot be sent again`);
  }
}

/** It was resolved before: the notes of that stay. */
export class DeadLetterResolvedError extends BreakwaterError {
  readonly code = 'DEAD_LETTER_RESOLVED';
  constructor(
    id: string,
    { resolvedAt, resolvedBy }: { resolvedAt: Date | null; resolvedBy: string | null },
  ) {
    super(
      `dead letter "${id}" was resolved at ${resolvedAt?.toISOString()} by "${resolvedBy}"; its notes are kept as they are`,
    );
  }
}

export class DeadLetterNotFoundError extends BreakwaterError {
  readonly code = 'DEAD_LETTER_NOT_FOUND';
  constructor(id: string) {
    super(`no dead letter "${id}"`);
  }
}
