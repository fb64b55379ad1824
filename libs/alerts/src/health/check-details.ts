import type { Outcome, Timed } from '@breakwater/webhook-client';
import { reportedStatus } from './reported-status.js';

const TEXT_MAX = 500;

/** The result of a check, as it is stored and shown. */
export interface CheckDetails {
  outcome: string;
  httpStatus: number | null;
  /** Null when it was healthy. */
  error: string | null;
}

export function detailsOf(outcome: Outcome & Timed): CheckDetails {
  const httpStatus = 'status' in outcome ? outcome.status : null;
  return { outcome: outcome.kind, httpStatus, error: errorOf(outcome) };
}

function errorOf(outcome: Outcome): string | null {
  if (outcome.kind === 'delivered') {
    const said = reportedStatus(outcome.response.body);
    const isWell = said === null || said.reported === 'healthy';
    return isWell ? null : `answered with HTTP ${outcome.status} and the status "${said.word}"`;
  }
  if (outcome.kind === 'http_error') return `answered with HTTP ${outcome.status}`;
  // jsonb holds no NUL and no half of a surrogate pair.
  return `${outcome.kind}: ${outcome.message}`.replaceAll('\0', '').toWellFormed().slice(0, TEXT_MAX);
}
