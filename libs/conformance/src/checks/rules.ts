import type { Evidence, Judgement } from './check.js';
import { describeAll, describeSeen, type Seen, type SeenAnswer } from './seen.js';

/** Statuses of 4xx that do not refuse a call: it would be made again, or the endpoint would be disabled. */
const NO_REFUSAL = [408, 410, 425, 429];

/** Answers that ask for a pause. */
const PAUSES = [429, 503];

const RETRY_AFTER_SECONDS = /^\d{1,9}$/;
const RETRY_AFTER_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Bytes of an answer that are kept with an attempt. */
export const KEPT_BYTES = 10_240;

/** Each call was answered 2xx. */
export function isAccepted({ own }: Evidence): Judgement {
  return { passed: own.every(accepts), seen: describeAll(own) };
}

/** Each call was answered 4xx, by a status that ends the delivery. */
export function isRefused({ own }: Evidence): Judgement {
  const passed = own.every(
    (seen) => isAnswer(seen) && isBetween(seen.status, 400, 499) && !NO_REFUSAL.includes(seen.status),
  );
  return { passed, seen: describeAll(own) };
}

/** Each call was answered, and by no 5xx. */
export function isSurvived({ own }: Evidence): Judgement {
  return { passed: own.every((seen) => isAnswer(seen) && seen.status < 500), seen: describeAll(own) };
}

/** An answer came in time, whichever. */
export function isAnswered({ own: [first] }: Evidence): Judgement {
  return { passed: isAnswer(first), seen: `${describeSeen(first)} after ${first.durationMs} ms` };
}

export function isNoRedirect({ own: [first] }: Evidence): Judgement {
  if (!isAnswer(first) || !isBetween(first.status, 300, 399))
    return { passed: true, seen: describeSeen(first) };
  return { passed: false, seen: `${describeSeen(first)} to ${first.location ?? 'nowhere'}` };
}

/** The body of the answer is JSON, if a caller waits for it, or short enough to be kept. */
export function isBodyFit({ own: [first], isSync }: Evidence): Judgement {
  if (!isAnswer(first)) return { passed: false, seen: describeSeen(first) };
  const { bytes, contentType, isJson } = first;
  const seen = `${bytes} bytes of ${contentType ?? 'no content type'}`;
  if (!isSync) return { passed: bytes <= KEPT_BYTES, seen };
  const isNamedJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType ?? '');
  return { passed: isJson && isNamedJson, seen: isJson ? `JSON, ${seen}` : `no JSON, ${seen}` };
}

/** Each call was answered 2xx, or was asked to come later. */
export function isTakenOrPostponed({ own }: Evidence): Judgement {
  const passed = own.every((seen) => accepts(seen) || (isAnswer(seen) && PAUSES.includes(seen.status)));
  return { passed, seen: describeAll(own) };
}

/** Each 429 and 503 of the run said when to come again. */
export function saysWhen({ all }: Evidence): Judgement {
  const pauses = all.filter(isAnswer).filter(({ status }) => PAUSES.includes(status));
  if (pauses.length === 0) return { passed: true, seen: `no 429 and no 503 in ${all.length} answers` };
  const wrong = pauses.find(({ retryAfter }) => !isRetryAfter(retryAfter));
  if (wrong === undefined) return { passed: true, seen: `${pauses.length} answers, each with Retry-After` };
  const header = wrong.retryAfter === null ? 'without Retry-After' : `with Retry-After: ${wrong.retryAfter}`;
  return { passed: false, seen: `HTTP ${wrong.status} ${header}` };
}

function isRetryAfter(value: string | null): boolean {
  return value !== null && (RETRY_AFTER_SECONDS.test(value) || RETRY_AFTER_DATE.test(value));
}

function accepts(seen: Seen): boolean {
  return isAnswer(seen) && isBetween(seen.status, 200, 299);
}

function isAnswer(seen: Seen): seen is SeenAnswer {
  return seen.kind === 'answer';
}

function isBetween(status: number, from: number, to: number): boolean {
  return status >= from && status <= to;
}
