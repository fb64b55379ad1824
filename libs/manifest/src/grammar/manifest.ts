import type { RetryProfileName } from './retry-profiles.js';

/** A manifest after validation: everything resolved, every default that is the grammar's own filled in. */
export interface Manifest {
  name: string;
  ownerEmail: string;
  baseUrl: string;
  healthPath: string;
  /** Whether its health is checked. */
  health: boolean;
  webhooks: Webhook[];
}

export interface Webhook {
  capability: string;
  /** Absolute. */
  url: string;
  async: boolean;
  /** Null leaves the choice to the settings. */
  timeoutMs: number | null;
  retry: RetrySetting | null;
  /** Null leaves the choice to the capability's default. */
  fallback: FallbackSetting | null;
  circuitBreaker: CircuitBreakerSetting | null;
  rateLimitPerSecond: number | null;
  /** Null leaves the choice to the settings. */
  concurrency: number | null;
  ordered: boolean;
  headers: Record<string, string>;
}

/** What a manifest says about retries; anything absent comes from the profile. */
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
  /** The text of `value` as it was registered, which is what callers get. */
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
