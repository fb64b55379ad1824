import { ConformanceTargetInvalidError } from '../conformance.error.js';
import type { Target } from './conformance-run.js';

/** What the caller wants to have checked. */
export interface TargetAsked {
  capability?: string | undefined;
  subscription?: string | undefined;
}

/** The names of what an app has. */
export interface Choices {
  capabilities: readonly string[];
  /** Without targets of sources, which get requests that others signed. */
  subscriptions: readonly string[];
}

/**
 * The one endpoint that a run checks: the one that is named, or the only one that there is.
 * @throws ConformanceTargetInvalidError with the names to choose from
 */
export function findTarget({ capability, subscription }: TargetAsked, choices: Choices): Target {
  const { capabilities, subscriptions } = choices;
  if (capability !== undefined && subscription !== undefined) {
    const message = 'capability and subscription are both given; a run checks one endpoint, so leave one out';
    throw new ConformanceTargetInvalidError(message, '/subscription');
  }
  if (capability !== undefined) {
    if (capabilities.includes(capability)) return { kind: 'capability', name: capability };
    const message = `capability "${capability}" is none of the app; ${listed(choices)}`;
    throw new ConformanceTargetInvalidError(message, '/capability');
  }
  if (subscription !== undefined) {
    if (subscriptions.includes(subscription)) return { kind: 'subscription', name: subscription };
    const message = `subscription "${subscription}" is none of the app that can be checked; ${listed(choices)}`;
    throw new ConformanceTargetInvalidError(message, '/subscription');
  }
  const all = targetsOf(choices);
  if (all.length === 1) return all[0]!;
  const message = `capability and subscription are both absent; ${listed(choices)}`;
  throw new ConformanceTargetInvalidError(message, '/capability');
}

function targetsOf({ capabilities, subscriptions }: Choices): Target[] {
  return [
    ...capabilities.map((name): Target => ({ kind: 'capability', name })),
    ...subscriptions.map((name): Target => ({ kind: 'subscription', name })),
  ];
}

/** Names that a message lists at most. */
const LISTED_MAX = 10;

function listed(choices: Choices): string {
  const all = targetsOf(choices);
  if (all.length === 0) return 'the app has no endpoint, so register a manifest with one';
  const names = all.slice(0, LISTED_MAX).map(({ kind, name }) => `${kind} ${name}`);
  const more = all.length > LISTED_MAX ? ` or one of ${all.length - LISTED_MAX} more` : '';
  return `name ${names.join(', ')}${more}`;
}
