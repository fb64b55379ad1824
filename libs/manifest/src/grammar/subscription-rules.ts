import { compileFilter, typePatternProblems } from '@breakwater/filter';
import { cut, pointerTo, readable, type Problem } from '@breakwater/platform';
import { endpointUrl } from './endpoint-url.js';
import { inspect, isPart, type Part, type Path } from './inspect.js';
import { SubscriptionDto } from './manifest-classes.js';
import type { Subscription } from './manifest.js';
import { retryProblems, retrySetting, retryWarnings } from './retry-rules.js';
import { signaturesProblems } from './signatures.js';
import { problemsOfHeaders, urlProblems } from './webhook-rules.js';

/** Maximum number of subscriptions in one manifest. */
export const SUBSCRIPTIONS_MAX = 500;

export const SUBSCRIPTION_NAME_PATTERN = '^[a-z][a-z0-9_-]{0,99}$';

const NAME = new RegExp(SUBSCRIPTION_NAME_PATTERN);

export function isSubscriptionName(name: string): boolean {
  return NAME.test(name);
}

export function subscriptionNameProblem(name: unknown, path: Path): Problem | null {
  if (typeof name === 'string' && isSubscriptionName(name)) return null;
  const shown = typeof name === 'string' ? cut(name) : String(readable(name));
  return {
    pointer: pointerTo(...path),
    rule: 'subscription_name',
    message: `"${shown}" is no name of a subscription: a lower-case letter, then lower-case letters, digits, _ and -, 100 at most`,
    bounds: { pattern: SUBSCRIPTION_NAME_PATTERN },
    value: shown,
  };
}

/**
 * Problems of the subscriptions in a manifest.
 * @param baseUrl null if it is not valid
 */
export function problemsOfSubscriptions(subscriptions: unknown, baseUrl: string | null): Problem[] {
  if (subscriptions === undefined) return [];
  const pointer = pointerTo('subscriptions');
  if (!isPart(subscriptions)) {
    const message = 'subscriptions must be an object of subscriptions by name';
    return [{ pointer, rule: 'type', message, value: readable(subscriptions) }];
  }
  const entries = Object.entries(subscriptions);
  const message = `subscriptions holds more than ${SUBSCRIPTIONS_MAX}`;
  return [
    ...(entries.length > SUBSCRIPTIONS_MAX
      ? [{ pointer, rule: 'count', message, bounds: { max: SUBSCRIPTIONS_MAX } }]
      : []),
    ...entries.flatMap(([name, subscription]) => {
      const path = ['subscriptions', name];
      const problem = subscriptionNameProblem(name, path);
      return [...(problem ? [problem] : []), ...subscriptionProblems(subscription, baseUrl, path)];
    }),
  ];
}

/** Problems of one subscription. `baseUrl` is null if it is not valid. */
export function subscriptionProblems(subscription: unknown, baseUrl: string | null, path: Path): Problem[] {
  if (!isPart(subscription)) {
    const message = 'a subscription is an object with `url` and `events`';
    return [{ pointer: pointerTo(...path), rule: 'type', message, value: readable(subscription) }];
  }
  const problems = inspect(subscription, SubscriptionDto, path);
  const { headers, retry, signatures } = subscription;
  problems.push(...selectionProblems(subscription, path));
  if (retry !== undefined) problems.push(...retryProblems(retry, [...path, 'retry']));
  if (headers !== undefined) problems.push(...problemsOfHeaders(headers, [...path, 'headers']));
  problems.push(...signaturesProblems(signatures, pointerTo(...path, 'signatures')));
  if (!problems.some((problem) => problem.pointer === pointerTo(...path, 'url'))) {
    problems.push(...urlProblems(subscription.url as string, baseUrl, [...path, 'url']));
  }
  return problems;
}

/** Problems of the types and the filter of a subscription. */
export function selectionProblems({ events, filter }: Part, path: Path): Problem[] {
  return [
    ...problemsOfEvents(events, [...path, 'events']),
    ...(filter === undefined ? [] : problemsOfFilter(filter, [...path, 'filter'])),
  ];
}

/** Warnings: members of a valid subscription that have no effect. */
export function subscriptionWarnings(subscription: Part, path: Path): Problem[] {
  return retryWarnings(subscription.retry, [...path, 'retry']);
}

/** A valid subscription with all defaults resolved. */
export function toSubscription(name: string, subscription: Part, baseUrl: string): Subscription {
  return {
    name,
    url: endpointUrl(baseUrl, subscription.url as string)!,
    events: [...(subscription.events as string[])],
    filter: (subscription.filter as Record<string, unknown> | undefined) ?? null,
    description: (subscription.description as string | undefined) ?? null,
    timeoutMs: (subscription.timeout as number | undefined) ?? null,
    retry: { profile: 'endpoint', ...retrySetting(subscription.retry) },
    rateLimitPerSecond: (subscription.rateLimitPerSecond as number | undefined) ?? null,
    concurrency: (subscription.concurrency as number | undefined) ?? null,
    ordered: subscription.ordered === true,
    headers: { ...(subscription.headers as Record<string, string> | undefined) },
    signatures: (subscription.signatures as string[] | undefined)?.toSorted() ?? null,
  };
}

function problemsOfEvents(events: unknown, path: Path): Problem[] {
  if (events !== undefined) return typePatternProblems(events, path);
  const message =
    'events must be a list of event types, for example ["order.created", "invoice.*"], and is required';
  return [{ pointer: pointerTo(...path), rule: 'required', message }];
}

function problemsOfFilter(filter: unknown, path: Path): Problem[] {
  const compiled = compileFilter(filter);
  if (!Array.isArray(compiled)) return [];
  return compiled.map((problem) => ({ ...problem, pointer: pointerTo(...path) + problem.pointer }));
}
