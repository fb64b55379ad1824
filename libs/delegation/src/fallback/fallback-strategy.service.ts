import { DiscoveryService } from '@nestjs/core';
import type { ResolvedEndpoint } from '@breakwater/manifest';

/** Why a fallback answers. */
export type FallbackReason =
  | 'timeout'
  | 'circuit_open'
  | 'bulkhead_full'
  | 'endpoint_disabled'
  | 'paused'
  | 'http_error'
  | 'network'
  | 'tls'
  | 'dns'
  | 'protocol'
  | 'blocked'
  | 'response_too_large'
  | 'invalid_response'
  | 'misconfigured';

/** The call that a fallback answers. */
export interface FallbackCall {
  endpoint: ResolvedEndpoint;
  requestId: string;
  /** The payload's bytes as the caller wrote them. */
  body: Buffer;
  context: Readonly<Record<string, unknown>>;
  /** The context's JSON text as the caller wrote it: a large number is whole only here. */
  contextBytes: Buffer;
  reason: FallbackReason;
}

export type FallbackAnswer =
  /** Any value that JSON knows. */
  | { kind: 'data'; data: unknown }
  /** JSON text, which reaches the caller byte for byte. */
  | { kind: 'json'; json: Buffer; ageMs?: number }
  /** It will be delivered later instead. */
  | { kind: 'accepted'; deliveryId: string }
  /** It has no answer either: the caller gets the error. */
  | { kind: 'none' };

/** Marks a provider class as the strategy of that name: providing it in any module is all it takes. */
export const Fallback = DiscoveryService.createDecorator<string>();

/** Answers for a capability that cannot. Must be quick: it shares the caller's 500 ms after the timeout. */
export abstract class FallbackStrategy {
  abstract answer(call: FallbackCall): Promise<FallbackAnswer>;
}
