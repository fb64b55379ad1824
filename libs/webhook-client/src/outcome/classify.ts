import type { Outcome } from './outcome.js';

/** Name of a failure, and how often it may be retried. */
export interface ErrorClass {
  name: ErrorClassName;
  category: 'RETRYABLE' | 'RATE_LIMIT' | 'NON_RETRYABLE' | 'VALIDATION';
  /** Retries after the first attempt, 0 or more. */
  retries: number;
  /** Used only by the profile `patient`. */
  baseDelayMs: number;
  /** The receiver answered 410: the endpoint is to be disabled. */
  gone?: true;
}

export type ErrorClassName =
  | 'network'
  | 'rate_limit'
  | 'server_error'
  | 'database'
  | 'client_error'
  | 'signature'
  | 'validation'
  | 'blocked';

const never = { category: 'NON_RETRYABLE', retries: 0, baseDelayMs: 0 } as const;

export const ERROR_CLASSES: Readonly<Record<ErrorClassName, ErrorClass>> = {
  network: { name: 'network', category: 'RETRYABLE', retries: 5, baseDelayMs: 2000 },
  rate_limit: { name: 'rate_limit', category: 'RATE_LIMIT', retries: 3, baseDelayMs: 60_000 },
  server_error: { name: 'server_error', category: 'RETRYABLE', retries: 5, baseDelayMs: 5000 },
  /** Trouble of the platform itself. */
  database: { name: 'database', category: 'RETRYABLE', retries: 3, baseDelayMs: 3000 },
  client_error: { name: 'client_error', ...never },
  signature: { name: 'signature', ...never },
  validation: { name: 'validation', ...never, category: 'VALIDATION' },
  blocked: { name: 'blocked', ...never },
};

const GONE: ErrorClass = { ...ERROR_CLASSES.client_error, gone: true };

/** The error class of an outcome; null for a delivered one. */
export function classify(outcome: Outcome): ErrorClass | null {
  switch (outcome.kind) {
    case 'delivered':
      return null;
    case 'http_error':
      return classOfStatus(outcome.status);
    case 'response_too_large':
      // A 2xx that is too large would be too large again, and its work was already done.
      return outcome.status < 300 ? ERROR_CLASSES.validation : classOfStatus(outcome.status);
    case 'invalid_response':
      return ERROR_CLASSES.validation;
    case 'blocked':
      return ERROR_CLASSES.blocked;
    case 'misconfigured':
      return classOfOwnFault(outcome.code);
    case 'timeout':
    case 'network':
    case 'tls':
    case 'dns':
    case 'protocol':
    case 'aborted':
    case 'unknown':
      return ERROR_CLASSES.network;
  }
}

/**
 * Whether the circuit breaker counts this outcome as a failure. Answers that are too large or unreadable count: like a
 * broken protocol they show that the receiver is not healthy. Redirects, other 4xx, refused targets, disconnects and
 * our own faults say nothing about its health.
 */
export function countsAsFailure(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'timeout':
    case 'network':
    case 'tls':
    case 'dns':
    case 'protocol':
    case 'response_too_large':
    case 'invalid_response':
      return true;
    case 'http_error':
      return outcome.status >= 500 || outcome.status === 429;
    case 'delivered':
    case 'blocked':
    case 'aborted':
    case 'misconfigured':
    case 'unknown':
      return false;
  }
}

function classOfStatus(status: number): ErrorClass {
  if (status === 429) return ERROR_CLASSES.rate_limit;
  if (status === 408 || status === 425) return ERROR_CLASSES.network;
  if (status === 410) return GONE;
  // 600 and above, too: RFC 9110 15 asks to treat numbers outside 100–599 as 5xx.
  return status >= 500 ? ERROR_CLASSES.server_error : ERROR_CLASSES.client_error;
}

function classOfOwnFault(code: string): ErrorClass {
  if (code.startsWith('SECRET_')) return ERROR_CLASSES.signature;
  return code === 'TOO_MANY_ORIGINS' ? ERROR_CLASSES.database : ERROR_CLASSES.validation;
}
