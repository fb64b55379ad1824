import type { RetryProfileName } from './retry-profiles.js';

/** A manifest after validation, with the grammar's defaults filled in. */
export interface Manifest {
  name: string;
  ownerEmail: string;
  baseUrl: string;
  healthPath: string;
  /** Whether its health is checked. */
  health: boolean;
  webhooks: Webhook[];
  subscriptions: Subscription[];
}

export interface Webhook {
  capability: string;
  /** Absolute. */
  url: string;
  async: boolean;
  /** Null: the settings decide. */
  timeoutMs: number | null;
  retry: RetrySetting | null;
  /** Null: the capability's default is used. */
  fallback: FallbackSetting | null;
  circuitBreaker: CircuitBreakerSetting | null;
  rateLimitPerSecond: number | null;
  /** Null: the settings decide. */
  concurrency: number | null;
  ordered: boolean;
  headers: Record<string, string>;
}

/** An app's wish to hear events. */
export interface Subscription {
  name: string;
  /** Absolute. */
  url: string;
  /** Types of events, and patterns like `order.*`. */
  events: string[];
  filter: Record<string, unknown> | null;
  description: string | null;
  /** Null leaves the choice to the settings. */
  timeoutMs: number | null;
  retry: RetrySetting;
  rateLimitPerSecond: number | null;
  /** Null leaves the choice to the settings. */
  concurrency: number | null;
  ordered: boolean;
  headers: Record<string, string>;
  /** What its calls are signed with; null: as its app's. */
  signatures: string[] | null;
}

/** The manifest's retry settings; absent values come from the profile. */
export interface RetrySetting {
  profile?: RetryProfileName;
  maxAttempts?: number;
  initialDelayMs?: number;
  multiplier?: number;
  maxDelayMs?: number;
  jitter?: number;
  schedule?: number[];
}

export interface FallbackSetting {
  strategy: string;
  /** Present for `static`: any JSON value, null included. */
  value?: unknown;
  /** The text of `value` as it was registered; callers get this text. */
  text?: string;
  maxAgeMs?: number;
}

export interface CircuitBreakerSetting {
  failureThreshold?: number;
  recoveryTimeoutMs?: number;
  successThreshold?: number;
  failureRate?: number;
  slowCallRate?: number;
  slowCallMs?: number;
  windowMs?: number;
  minCalls?: number;
}
