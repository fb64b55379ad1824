import { storable } from '@breakwater/platform';

/** `started` until its end is written down: one that stays so was cut off, and may have been done or not. */
export const AUDIT_OUTCOMES = ['started', 'done', 'refused', 'failed'] as const;

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** The actor of what a starting process does by itself. */
export const SYSTEM_ACTOR = 'system';

/** Small things worth knowing later: counts, filters, names. Never a secret, never a payload. */
export type AuditDetail = Readonly<Record<string, unknown>>;

/** Who is about to do what to what. */
export interface AuditedAction {
  actor: string;
  actorKeyId: string | null;
  /** `what.verb`, for example `circuit_breaker.reset`. */
  action: string;
  /** What it is done to: an id, a name, several of them with `/` between. `*` is all that a filter matches. */
  target: string;
  /** The app it concerns, where that is known before it is done. */
  appId: string | null;
  requestId: string | null;
  detail: AuditDetail | null;
}

/** How it ended. */
export interface AuditedEnd {
  /** HTTP status of the answer. */
  status: number;
  appId?: string | null;
  /** Added to what is known already. */
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

/** As the table can hold it: nothing that was sent may keep an action from being written down. */
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

/** Null stays null; what is too long to be small is left out. */
export function storableDetail(detail: AuditDetail | null | undefined): AuditDetail | null {
  if (!detail) return null;
  const text = JSON.stringify(detail, (_, value: unknown) =>
    typeof value === 'string' ? storable(value) : value,
  );
  return text.length > DETAIL_MAX ? { tooLong: text.length } : (JSON.parse(text) as AuditDetail);
}
