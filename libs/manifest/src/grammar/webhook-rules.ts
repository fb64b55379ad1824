import { headerProblems, URL_MAX_LENGTH } from '@breakwater/webhook-client';
import { pointerTo, readable, type Problem } from '@breakwater/platform';
import { endpointUrl } from './endpoint-url.js';
import { fallbackProblems, fallbackSetting, fallbackWarnings } from './fallback-rules.js';
import { inspect, isPart, type Part, type Path } from './inspect.js';
import { AsyncWebhookDto, CircuitBreakerDto, SyncWebhookDto } from './manifest-classes.js';
import type { CircuitBreakerSetting, Webhook } from './manifest.js';
import { retryProblems, retrySetting, retryWarnings } from './retry-rules.js';

/** Problems of one webhook in its long form. `baseUrl` is null where it has problems of its own. */
export function webhookProblems(
  webhook: Part,
  baseUrl: string | null,
  strategies: readonly string[],
  path: Path,
): Problem[] {
  const problems = inspect(webhook, webhook.async === true ? AsyncWebhookDto : SyncWebhookDto, path);
  const { retry, fallback, headers, circuitBreaker } = webhook;
  if (retry !== undefined) problems.push(...retryProblems(retry, [...path, 'retry']));
  if (fallback !== undefined) problems.push(...fallbackProblems(fallback, strategies, [...path, 'fallback']));
  if (headers !== undefined) problems.push(...problemsOfHeaders(headers, [...path, 'headers']));
  if (circuitBreaker !== undefined)
    problems.push(...breakerProblems(circuitBreaker, [...path, 'circuitBreaker']));
  if (!problems.some((problem) => problem.pointer === pointerTo(...path, 'url'))) {
    problems.push(...urlProblems(webhook.url as string, baseUrl, [...path, 'url']));
  }
  return problems;
}

/** Parts of a valid webhook that have no effect. */
export function webhookWarnings(webhook: Part, path: Path): Problem[] {
  const queues = fallbackSetting(webhook.fallback)?.strategy === 'queue';
  const idle =
    webhook.async === true
      ? ['fallback']
      : queues
        ? []
        : ['retry', 'rateLimitPerSecond', 'concurrency', 'ordered'];
  const message =
    webhook.async === true ? 'is used only for sync webhooks' : 'is used only for async webhooks';
  return [
    ...idle
      .filter((key) => webhook[key] !== undefined)
      .map((key) => ({ pointer: pointerTo(...path, key), rule: 'no_effect', message: `${key} ${message}` })),
    ...retryWarnings(webhook.retry, [...path, 'retry']),
    ...fallbackWarnings(webhook.fallback, [...path, 'fallback']),
  ];
}

/** A valid webhook with all values resolved. */
export function toWebhook(capability: string, webhook: Part, baseUrl: string): Webhook {
  return {
    capability,
    url: endpointUrl(baseUrl, webhook.url as string)!,
    async: webhook.async === true,
    timeoutMs: (webhook.timeout as number | undefined) ?? null,
    retry: retrySetting(webhook.retry),
    fallback: fallbackSetting(webhook.fallback),
    circuitBreaker: (webhook.circuitBreaker as CircuitBreakerSetting | undefined) ?? null,
    rateLimitPerSecond: (webhook.rateLimitPerSecond as number | undefined) ?? null,
    concurrency: (webhook.concurrency as number | undefined) ?? null,
    ordered: webhook.ordered === true,
    headers: { ...(webhook.headers as Record<string, string> | undefined) },
  };
}

function breakerProblems(breaker: unknown, path: Path): Problem[] {
  if (isPart(breaker)) return inspect(breaker, CircuitBreakerDto, path);
  const message = 'circuitBreaker must be an object';
  return [{ pointer: pointerTo(...path), rule: 'type', message, value: readable(breaker) }];
}

/** Header values may be secrets: no problem shows one. */
export function problemsOfHeaders(headers: unknown, path: Path): Problem[] {
  if (!isPart(headers)) {
    return [{ pointer: pointerTo(...path), rule: 'type', message: 'headers must be an object of strings' }];
  }
  return headerProblems(headers).map(({ value: _, ...problem }) => ({
    ...problem,
    pointer: pointerTo(...path) + problem.pointer,
  }));
}

export function urlProblems(url: string, baseUrl: string | null, path: Path): Problem[] {
  if (url.startsWith('/') && baseUrl === null) return [];
  if (endpointUrl(baseUrl ?? '', url) !== null) return [];
  const message = `url cannot be parsed, or is longer than ${URL_MAX_LENGTH} characters after parsing`;
  return [
    {
      pointer: pointerTo(...path),
      rule: 'url',
      message,
      bounds: { maxLength: URL_MAX_LENGTH },
      value: readable(url),
    },
  ];
}
