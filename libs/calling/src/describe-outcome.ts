import type { CapturedResponse, Outcome } from '@breakwater/webhook-client';

/** What is recorded of an outcome. */
export interface OutcomeRecord {
  outcome: Outcome['kind'];
  httpStatus: number | null;
  error: string | null;
  response: CapturedResponse | null;
}

export function describeOutcome(outcome: Outcome): OutcomeRecord {
  const common = { outcome: outcome.kind, httpStatus: null, error: null, response: null };
  switch (outcome.kind) {
    case 'delivered':
      return { ...common, httpStatus: outcome.status, response: outcome.response };
    case 'http_error':
      return {
        ...common,
        httpStatus: outcome.status,
        error: `http ${outcome.status}`,
        response: outcome.response,
      };
    case 'invalid_response':
      return { ...common, httpStatus: outcome.status, error: outcome.message, response: outcome.response };
    case 'response_too_large':
      return { ...common, httpStatus: outcome.status, error: outcome.message };
    case 'network':
    case 'tls':
    case 'dns':
    case 'protocol':
    case 'misconfigured':
      return { ...common, error: `${outcome.code}: ${outcome.message}` };
    case 'blocked':
      return { ...common, error: `${outcome.reason}: ${outcome.message}` };
    case 'timeout':
    case 'aborted':
    case 'unknown':
      return { ...common, error: outcome.message };
  }
}

/** Whether the endpoint should get fewer calls at once: it was too slow, overloaded or broken. */
export function isStrained(outcome: Outcome): boolean {
  return (
    outcome.kind === 'timeout' ||
    (outcome.kind === 'http_error' && (outcome.status === 429 || outcome.status >= 500))
  );
}
