import { INBOUND_PREFIX } from '@breakwater/filter';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import type { ForwardedRequest } from '@breakwater/webhook-client';
import type { CapturedRequest } from '../events/capture.js';

interface ForwardedClaim {
  eventType: string;
  request: CapturedRequest | null;
  targetUrl: string | null;
}

/**
 * The captured request that a delivery passes on: only to a target of a source, at its own URL. Other subscriptions,
 * and a replay to another URL, get body and content type as an ordinary event.
 */
export function forwardOf(
  { eventType, request, targetUrl }: ForwardedClaim,
  { sourceId }: Pick<ResolvedEndpoint, 'sourceId'>,
): ForwardedRequest | null {
  if (request === null || sourceId === null || targetUrl !== null) return null;
  return { ...request, source: eventType.slice(INBOUND_PREFIX.length) };
}
