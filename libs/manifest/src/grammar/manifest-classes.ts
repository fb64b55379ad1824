import { Email, Flag, Optional, Part, Real, Text, Whole, WholeList } from './rules.js';
import { URL_MAX_LENGTH } from '@breakwater/webhook-client';
import { ABSOLUTE_PATTERN, RELATIVE_PATTERN, URL_PATTERN } from './endpoint-url.js';

/**
 * At least one visible word; no control characters, line separators, or marks that change the reading direction: names
 * appear in mails and lists, where such a mark would make other words read backwards.
 */
const NAME_PATTERN =
  '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]*$';
const DAY_MS = 86_400_000;

/** Automatic retries of one webhook; absent values come from the profile. */
export class RetryDto {
  /** Named set of defaults: standard, forward, endpoint or patient. */
  @Optional()
  @Part()
  profile?: string;

  /** Attempts in all, including the first. */
  @Optional()
  @Whole(1, 10)
  maxAttempts?: number;

  /** Delay after the first attempt. */
  @Optional()
  @Whole(0, DAY_MS, 'ms')
  initialDelayMs?: number;

  /** Factor from one delay to the next. */
  @Optional()
  @Real(1, 10)
  multiplier?: number;

  /** Longest delay. */
  @Optional()
  @Whole(0, DAY_MS, 'ms')
  maxDelayMs?: number;

  /** Share by which a delay may vary: 0.2 is ±20 %. */
  @Optional()
  @Real(0, 1)
  jitter?: number;

  /** The delays themselves, instead of computed ones. */
  @Optional()
  @WholeList({ min: 1, max: 9 }, { min: 0, max: DAY_MS }, 'ms')
  schedule?: number[];
}

/** What answers a sync call when the app cannot. */
export class FallbackDto {
  /** random_winner, pending_approval, static, last_success, queue, none, or a plug-in strategy. */
  @Part()
  strategy: string;

  /** The answer of `static`: any JSON. */
  @Optional()
  @Part()
  value?: unknown;

  /** Oldest answer that `last_success` may give. */
  @Optional()
  @Whole(1000, 30 * DAY_MS, 'ms')
  maxAgeMs?: number;
}

/** Overrides of the circuit breaker's settings for one webhook. */
export class CircuitBreakerDto {
  /** Consecutive failures that open it. */
  @Optional()
  @Whole(1, 1000)
  failureThreshold?: number;

  /** Time it stays open before a probe. */
  @Optional()
  @Whole(100, DAY_MS, 'ms')
  recoveryTimeoutMs?: number;

  /** Successful probes that close it. */
  @Optional()
  @Whole(1, 100)
  successThreshold?: number;

  /** Per cent of failed calls within `windowMs` that open it, in addition to failures in a row; 0: not checked. */
  @Optional()
  @Whole(0, 100, '%')
  failureRate?: number;

  /** Per cent of slow calls within `windowMs` that open it, also when they succeed; 0: not checked. */
  @Optional()
  @Whole(0, 100, '%')
  slowCallRate?: number;

  /** A call of this duration or longer is slow. */
  @Optional()
  @Whole(1, 60_000, 'ms')
  slowCallMs?: number;

  /** The window of both rates, in each process. */
  @Optional()
  @Whole(1000, 3_600_000, 'ms')
  windowMs?: number;

  /** With fewer calls in the window, rates do not open it. */
  @Optional()
  @Whole(1, 100_000)
  minCalls?: number;
}

/** One webhook in its long form; a plain string is the same as `{ "url": … }`. */
export class WebhookDto {
  /** Absolute, or a path that is appended to `baseUrl`. */
  @Text(URL_MAX_LENGTH, URL_PATTERN, 'an absolute URL or a path that starts with /')
  url: string;

  /** Answers at once and delivers later. */
  @Optional()
  @Flag()
  async?: boolean;

  /** A profile's name, or an object. */
  @Optional()
  @Part()
  retry?: string | RetryDto;

  /** A strategy's name, or an object. */
  @Optional()
  @Part()
  fallback?: string | FallbackDto;

  /** Most starts within any second, over all workers. */
  @Optional()
  @Whole(1, 10_000)
  rateLimitPerSecond?: number;

  /** Most deliveries in progress, over all workers; 10 by default. */
  @Optional()
  @Whole(1, 1000)
  concurrency?: number;

  /** Headers sent with each call; stored encrypted. */
  @Optional()
  @Part()
  headers?: Record<string, string>;

  /** One delivery at a time, in order of acceptance. */
  @Optional()
  @Flag()
  ordered?: boolean;

  @Optional()
  @Part()
  circuitBreaker?: CircuitBreakerDto;
}

/** A webhook whose caller waits for the answer. */
export class SyncWebhookDto extends WebhookDto {
  /** Total deadline of one call. */
  @Optional()
  @Whole(1000, 30_000, 'ms for a sync webhook')
  timeout?: number;
}

/** A webhook with `"async": true`. */
export class AsyncWebhookDto extends WebhookDto {
  /** Total deadline of one attempt. */
  @Optional()
  @Whole(1000, 60_000, 'ms for an async webhook')
  timeout?: number;
}

/** One subscription: which events it gets, and how it is called. */
export class SubscriptionDto {
  /** Absolute, or a path that is appended to `baseUrl`. */
  @Text(URL_MAX_LENGTH, URL_PATTERN, 'an absolute URL or a path that starts with /')
  url: string;

  /** Types of events; `*` stands for one name, at the end for one or more: `order.*`. */
  @Part()
  events: string[];

  /** Only events that match it are delivered. */
  @Optional()
  @Part()
  filter?: Record<string, unknown>;

  /** What it is for. */
  @Optional()
  @Text(500, NAME_PATTERN, 'text without control characters')
  description?: string;

  /** A profile's name, or an object; `endpoint` when left out. */
  @Optional()
  @Part()
  retry?: string | RetryDto;

  /** Most starts within any second, over all workers. */
  @Optional()
  @Whole(1, 10_000)
  rateLimitPerSecond?: number;

  /** Most deliveries in flight, over all workers; 10 when left out. */
  @Optional()
  @Whole(1, 1000)
  concurrency?: number;

  /** Headers sent with each call, kept encrypted. */
  @Optional()
  @Part()
  headers?: Record<string, string>;

  /** One delivery at a time, in the order of the events. */
  @Optional()
  @Flag()
  ordered?: boolean;

  /** Total deadline of one attempt. */
  @Optional()
  @Whole(1000, 60_000, 'ms')
  timeout?: number;

  /** `["v1"]`, or `["v1", "v1a"]` to verify with a public key too; those of the app when left out. */
  @Optional()
  @Part()
  signatures?: ('v1' | 'v1a')[];
}

/** What an app registers: its identity and its webhooks. */
export class ManifestDto {
  @Text(255, NAME_PATTERN, 'a name without control characters and marks that change the reading direction')
  name: string;

  /** Where mails about this app are sent. */
  @Email()
  ownerEmail: string;

  @Text(URL_MAX_LENGTH, ABSOLUTE_PATTERN, 'an absolute URL')
  baseUrl: string;

  /** Path of the health check, appended to `baseUrl`; `/health` by default. */
  @Optional()
  @Text(URL_MAX_LENGTH, RELATIVE_PATTERN, 'a path that starts with /')
  healthPath?: string;

  /** `false` switches the health checks off. */
  @Optional()
  @Flag()
  health?: boolean;

  /** The webhooks by capability. */
  @Part()
  webhooks: Record<string, string | SyncWebhookDto | AsyncWebhookDto>;

  /** The subscriptions by name. */
  @Optional()
  @Part()
  subscriptions?: Record<string, SubscriptionDto>;
}
