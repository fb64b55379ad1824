import { cut, nearest, readable, pointerTo, type Problem } from '@breakwater/platform';
import { isPart, type Part } from '../grammar/inspect.js';
import { signaturesProblems } from '../grammar/signatures.js';
import { portalOriginsProblems } from './portal-origins.js';
import { STORABLE_TEXT } from '../grammar/storable.js';

/** A change of an app; absent members do not change. Timeouts are in ms, by capability. */
export interface AppUpdate {
  status?: 'active' | 'disabled';
  disabledReason?: string;
  webhookTimeouts?: Record<string, number>;
  signatures?: ('v1' | 'v1a')[];
  /** Replaces all of them. */
  portalOrigins?: string[];
}

const KEYS = ['status', 'disabledReason', 'webhookTimeouts', 'signatures', 'portalOrigins'];
const MIN_MS = 1000;
const MAX_SYNC_MS = 30_000;
const MAX_ASYNC_MS = 60_000;
const REASON_MAX = 500;

const storable = new RegExp(STORABLE_TEXT, 'u');

/**
 * Every problem of a change to an app.
 * @param asyncByCapability the app's capabilities, and whether each is async
 */
export function appUpdateProblems(
  update: unknown,
  asyncByCapability: ReadonlyMap<string, boolean>,
): Problem[] {
  if (!isPart(update)) return [{ pointer: '', rule: 'type', message: 'a change of an app is an object' }];
  const unknown = Object.keys(update).filter((key) => update[key] !== undefined && !KEYS.includes(key));
  return [
    ...unknown.map((key) => unknownKey(pointerTo(key), key, KEYS, 'a known key')),
    ...statusProblems(update),
    ...reasonProblems(update),
    ...timeoutsProblems(update.webhookTimeouts, asyncByCapability),
    ...signaturesProblems(update.signatures, '/signatures'),
    ...portalOriginsProblems(update.portalOrigins),
  ];
}

function statusProblems({ status }: Part): Problem[] {
  const allowed = ['active', 'disabled'];
  if (status === undefined || allowed.includes(status as string)) return [];
  const message = `status must be one of ${allowed.join(', ')}`;
  return [{ pointer: '/status', rule: 'one_of', message, bounds: { allowed }, value: readable(status) }];
}

function reasonProblems({ status, disabledReason }: Part): Problem[] {
  const pointer = '/disabledReason';
  if (disabledReason === undefined) {
    if (status !== 'disabled') return [];
    return [{ pointer, rule: 'required', message: 'disabling an app needs a disabledReason' }];
  }
  if (status !== 'disabled') {
    return [{ pointer, rule: 'no_effect', message: 'disabledReason goes with status "disabled"' }];
  }
  const isText =
    typeof disabledReason === 'string' && storable.test(disabledReason) && disabledReason.trim() !== '';
  if (isText && disabledReason.length <= REASON_MAX) return [];
  const message = `disabledReason must be text of 1 to ${REASON_MAX} characters`;
  return [
    { pointer, rule: 'text', message, bounds: { maxLength: REASON_MAX }, value: readable(disabledReason) },
  ];
}

function timeoutsProblems(timeouts: unknown, asyncByCapability: ReadonlyMap<string, boolean>): Problem[] {
  if (timeouts === undefined) return [];
  const pointer = '/webhookTimeouts';
  if (!isPart(timeouts)) {
    return [
      {
        pointer,
        rule: 'type',
        message: 'webhookTimeouts must be an object of ms by capability',
        value: readable(timeouts),
      },
    ];
  }
  const known = [...asyncByCapability.keys()];
  return Object.entries(timeouts).flatMap(([capability, ms]) => {
    const place = pointer + pointerTo(capability);
    const isAsync = asyncByCapability.get(capability);
    if (isAsync === undefined) return [unknownKey(place, capability, known, 'a capability of this app')];
    const max = isAsync ? MAX_ASYNC_MS : MAX_SYNC_MS;
    if (Number.isInteger(ms) && (ms as number) >= MIN_MS && (ms as number) <= max) return [];
    const kind = isAsync ? 'an async' : 'a sync';
    const message = `the timeout of ${capability} must be a whole number from ${MIN_MS} to ${max} ms for ${kind} webhook`;
    return [{ pointer: place, rule: 'range', message, bounds: { min: MIN_MS, max }, value: readable(ms) }];
  });
}

function unknownKey(pointer: string, key: string, known: string[], what: string): Problem {
  const meant = nearest(key, known);
  const message = `"${cut(key)}" is not ${what}${meant === undefined ? '' : `, did you mean "${meant}"?`}`;
  return { pointer, rule: 'unknown_key', message, bounds: { known } };
}
