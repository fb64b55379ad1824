import { storable } from '@breakwater/platform';

/**
 * `started` until its end is stored: an action that stays `started` was interrupted, and may have been done or not.
 */
export const AUDIT_OUTCOMES = ['started', 'done', 'refused', 'failed'] as const;

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** The actor of actions that a starting process does by itself. */
export const SYSTEM_ACTOR = 'system';

/** Small details that are useful later: counts, filters, names. Never a secret, never a payload. */
export type AuditDetail = Readonly<Record<string, unknown>>;

/** Who will do what to what. */
export interface AuditedAction {
  actor: string;
  actorKeyId: string | null;
  /** `what.verb`, for example `circuit_breaker.reset`. */
  action: string;
  /** What the action changes: an id, a name, several of them with `/` between. `*` means all that a filter matches. */
  target: string;
  /** The app it concerns, if that is known before it is done. */
  appId: string | null;
  requestId: string | null;
  detail: AuditDetail | null;
}

/** The result of an action. */
export interface AuditedEnd {
  /** HTTP status of the answer. */
  status: number;
  appId?: string | null;
  /** Added to the existing detail. */
  detail?: AuditDetail | null;
}

/** A line of the audit log. */
export interface AuditEntry extends AuditedAction {
  id: string;
  at: Date;
  outcome: AuditOutcome;
  status: number | null;
  finishedAt: Date | null;
}

const MAX = { actor: 255, action: 60, target: 500, appId: 255, requestId: 255 };
const DETAIL_MAX = 4000;

export function outcomeOf(status: number): AuditOutcome {
  if (status < 400) return 'done';
  return status < 500 ? 'refused' : 'failed';
}

/** In a form that the table can hold: nothing in a request may prevent that an action is recorded. */
export function storableAction(action: AuditedAction): AuditedAction {
  const { actor, actorKeyId, target, appId, requestId, detail } = action;
  return {
    actor: storable(actor, MAX.actor),
    actorKeyId,
    action: storable(action.action, MAX.action),
    target: storable(target, MAX.target),
    appId: appId && storable(appId, MAX.appId),
    requestId: requestId && storable(requestId, MAX.requestId),
    detail: storableDetail(detail),
  };
}

/** Null stays null; a detail that is too large is left out. */
export function storableDetail(detail: AuditDetail | null | undefined): AuditDetail | null {
  if (!detail) return null;
  const text = JSON.stringify(detail, (_, value: unknown) =>
    typeof value === 'string' ? storable(value) : value,
  );
  return text.length > DETAIL_MAX ? { tooLong: text.length } : (JSON.parse(text) as AuditDetail);
}
