import { inboundType } from '@breakwater/filter';
import { cut, pointerTo, readable, type Problem } from '@breakwater/platform';
import { isPart, type Part, type Path } from '../grammar/inspect.js';
import type { Subscription } from '../grammar/manifest.js';
import { subscriptionProblems, toSubscription } from '../grammar/subscription-rules.js';

export const TARGET_NAME_PATTERN = '^[a-z][a-z0-9_-]{0,48}$';

const NAME = new RegExp(TARGET_NAME_PATTERN);

/** The name of the subscription that a target is. No other subscription has a dot in its name. */
export function nameOfTarget(source: string, target: string): string {
  return `${source}.${target}`;
}

/** The target's own name, from the name of its subscription. */
export function targetOfName(subscription: string): string {
  return subscription.slice(subscription.indexOf('.') + 1);
}

/**
 * Problems of one target of a source: a subscription in the format of the manifest, without `events`.
 * @param baseUrl of the app
 */
export function targetProblems(target: unknown, baseUrl: string, path: Path): Problem[] {
  if (!isPart(target)) {
    const message = 'a target is an object with `name` and `url`';
    return [{ pointer: pointerTo(...path), rule: 'type', message, value: readable(target) }];
  }
  const { name, events, ...rest } = target;
  return [
    ...nameProblems(name, [...path, 'name']),
    ...(events === undefined ? [] : [eventsProblem([...path, 'events'])]),
    ...subscriptionProblems({ ...rest, events: ['inbound.any'] }, baseUrl, path),
  ];
}

/** A valid target as the subscription that it is stored as. */
export function toTarget(source: string, target: Part, baseUrl: string): Subscription {
  const { name, retry, ...rest } = target;
  const ownRetry = typeof retry === 'string' ? retry : { profile: 'forward', ...(retry as Part | undefined) };
  const document = { ...rest, events: [inboundType(source)], retry: ownRetry };
  return toSubscription(nameOfTarget(source, name as string), document, baseUrl);
}

function nameProblems(name: unknown, path: Path): Problem[] {
  if (typeof name === 'string' && NAME.test(name)) return [];
  const pointer = pointerTo(...path);
  const bounds = { pattern: TARGET_NAME_PATTERN };
  if (name === undefined) {
    const message = 'name must be the name of the target and is required';
    return [{ pointer, rule: 'required', message, bounds }];
  }
  const shown = typeof name === 'string' ? cut(name) : String(readable(name));
  const message = `"${shown}" is no name of a target: a lower-case letter, then lower-case letters, digits, _ and -, 49 at most`;
  return [{ pointer, rule: 'target_name', message, bounds, value: shown }];
}

function eventsProblem(path: Path): Problem {
  const message =
    'events cannot be set: a target gets every accepted request of its source; use `filter` to get fewer';
  return { pointer: pointerTo(...path), rule: 'unknown_key', message };
}
