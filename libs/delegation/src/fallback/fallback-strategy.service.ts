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
  /** The context's JSON text as the caller wrote it: only here large numbers keep all their digits. */
  contextBytes: Buffer;
  reason: FallbackReason;
}

export type FallbackAnswer =
  /** Any JSON value. */
  | { kind: 'data'; data: unknown }
  /** JSON text, which reaches the caller byte for byte. */
  | { kind: 'json'; json: Buffer; ageMs?: number }
  /** It will be delivered later instead. */
  | { kind: 'accepted'; deliveryId: string }
  /** It has no answer either: the caller gets the error. */
  | { kind: 'none' };

/** Marks a provider class as the strategy with this name: it only has to be provided in any module. */
export const Fallback = DiscoveryService.createDecorator<string>();

/** Answers instead of an app. Must be quick: it shares the caller's 500 ms after the timeout. */
export abstract class FallbackStrategy {
  abstract answer(call: FallbackCall): Promise<FallbackAnswer>;
}
