import type { ResolvedEndpoint } from '@breakwater/manifest';
import type { OpenSpan } from '@breakwater/platform';
import type { Outcome } from '@breakwater/webhook-client';

/** What a call's span says of it: of the URL no more than its host, which others may see. */
export function callAttributes(
  { appId, capability, url }: ResolvedEndpoint,
  deliveryId: string,
  attempt: number,
): Record<string, string | number> {
  return {
    'breakwater.app': appId,
    'breakwater.capability': capability,
    'breakwater.attempt': attempt,
    'messaging.message.id': deliveryId,
    'server.address': URL.parse(url)?.hostname ?? '',
  };
}

export function noteOutcome(span: OpenSpan, outcome: Outcome): void {
  span.set({ 'breakwater.outcome': outcome.kind });
  if ('status' in outcome) span.set({ 'http.response.status_code': outcome.status });
  if (outcome.kind !== 'delivered') span.fail(outcome.kind);
}
