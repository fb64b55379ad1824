import type { ClientCertificate } from '@breakwater/webhook-client';
import { defaultFallback } from '../grammar/fallback-strategies.js';
import type { CircuitBreakerSetting, FallbackSetting, RetrySetting } from '../grammar/manifest.js';
import { resolveTimeout, type TimeoutSettings } from '../grammar/resolve-timeout.js';

/** An endpoint with everything that a call to it needs. Shared by all callers: do not change it. */
export interface ResolvedEndpoint {
  id: string;
  appId: string;
  appName: string;
  appStatus: 'active' | 'disabled';
  ownerEmail: string;
  kind: 'capability' | 'subscription';
  /** The source whose target it is, which gets the captured requests as they came; null: it is no target. */
  sourceId: string | null;
  capability: string;
  url: string;
  async: boolean;
  /** Total deadline of one attempt in ms, resolved by resolve-timeout.ts. */
  timeoutMs: number;
  retry: RetrySetting | null;
  fallback: FallbackSetting;
  breaker: CircuitBreakerSetting | null;
  rateLimitPerSecond: number | null;
  concurrency: number;
  ordered: boolean;
  status: 'active' | 'disabled' | 'removed';
  disabledReason: string | null;
  /** Whether it or its app is paused: then its async deliveries wait, and its sync calls get their fallback. */
  isPaused: boolean;
  pausedReason: string | null;
  /** Why its deliveries wait: it or its app is paused or disabled; null where they are sent. */
  hold: 'paused' | 'disabled' | null;
  /** Custom headers in plain text. */
  headers: Record<string, string>;
  /** `whsec_…`, unexpired, newest first; behind them `whsk_…` where it verifies with a public key. */
  secrets: string[];
  /** For receivers that demand one. */
  clientCertificate: ClientCertificate | null;
  /** Why calls cannot be signed (a secret is damaged or missing); then nothing may be sent. */
  secretProblem: string | null;
  /** Who answers its sync calls now in place of its URL: a developer's machine (libs/listeners); null: nobody. */
  listenerId: string | null;
}

/** The row of one endpoint. */
export interface EndpointRecord {
  id: string;
  kind: string;
  /** Null for a capability. */
  subscription: { sourceId: string | null } | null;
  capability: string;
  url: string;
  async: boolean;
  timeoutMs: number | null;
  retry: unknown;
  fallback: unknown;
  breaker: unknown;
  rateLimitPerSecond: number | null;
  concurrency: number;
  ordered: boolean;
  status: string;
  disabledReason: string | null;
  pausedAt: Date | null;
  pausedReason: string | null;
  hold: string | null;
}

/** The row of its app. */
export interface AppRecord {
  id: string;
  name: string;
  status: string;
  disabledReason: string | null;
  pausedAt: Date | null;
  pausedReason: string | null;
  ownerEmail: string;
  webhookTimeouts: unknown;
  /** Those that answer calls now, the latest first. */
  listeners: { id: string; capabilities: string[] }[];
}

export interface OpenedSecrets {
  headers: Record<string, string>;
  secrets: string[];
  clientCertificate: ClientCertificate | null;
  secretProblem: string | null;
}

/** Combines the rows of an endpoint and its app; pure. */
export function resolveEndpoint(
  app: AppRecord,
  endpoint: EndpointRecord,
  opened: OpenedSecrets,
  settings: TimeoutSettings,
): ResolvedEndpoint {
  const {
    id,
    kind,
    capability,
    url,
    async,
    rateLimitPerSecond,
    concurrency,
    ordered,
    status,
    disabledReason,
  } = endpoint;
  const sources = {
    appTimeouts: app.webhookTimeouts as Record<string, number>,
    manifestTimeoutMs: endpoint.timeoutMs,
    settings,
  };
  return {
    id,
    capability,
    url,
    async,
    rateLimitPerSecond,
    concurrency,
    ordered,
    disabledReason: app.status === 'active' ? disabledReason : app.disabledReason,
    isPaused: app.pausedAt !== null || endpoint.pausedAt !== null,
    pausedReason: app.pausedAt === null ? endpoint.pausedReason : app.pausedReason,
    hold: endpoint.hold as ResolvedEndpoint['hold'],
    appId: app.id,
    appName: app.name,
    ownerEmail: app.ownerEmail,
    appStatus: app.status as ResolvedEndpoint['appStatus'],
    kind: kind as ResolvedEndpoint['kind'],
    sourceId: endpoint.subscription?.sourceId ?? null,
    status: status as ResolvedEndpoint['status'],
    timeoutMs: resolveTimeout(sources, capability, async),
    retry: endpoint.retry as RetrySetting | null,
    fallback: (endpoint.fallback as FallbackSetting | null) ?? defaultFallback(capability),
    breaker: endpoint.breaker as CircuitBreakerSetting | null,
    listenerId: kind === 'capability' && !async ? listenerOf(app, capability) : null,
    ...opened,
  };
}

/** The latest listener of a capability. */
function listenerOf({ listeners }: AppRecord, capability: string): string | null {
  const answers = ({ capabilities }: { capabilities: string[] }): boolean =>
    capabilities.length === 0 || capabilities.includes(capability);
  return listeners.find(answers)?.id ?? null;
}
