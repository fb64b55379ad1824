import type { ResolvedEndpoint } from '@breakwater/manifest';
import type { OpenSpan } from '@breakwater/platform';
import type { Outcome } from '@breakwater/webhook-client';

/** Attributes of a call's span. Of the URL they contain only the host: traces may be read by others. */
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
