import { isStorable, nearest, pointerTo, readable, type Problem } from '@breakwater/platform';
import { DEFAULT_ANSWER, type SourceAnswer } from './source.js';

/** Maximum size of the body of an answer, bytes of UTF-8. */
export const ANSWER_BODY_MAX = 10_240;
const CONTENT_TYPE_MAX = 100;

const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const CONTENT_TYPE = new RegExp(
  `^${TOKEN}/${TOKEN}(?:\\s*;\\s*${TOKEN}=(?:${TOKEN}|"[^"\\\\\\u0000-\\u001f\\u007f-\\uffff]*"))*$`,
);
/** Types that a browser runs scripts of: the answer would run them as a page of this API. */
const ACTIVE = ['text/html', 'application/xhtml+xml', 'image/svg+xml'];
/** HTTP forbids a body with these. */
const WITHOUT_BODY = [204, 205];
const KEYS = ['status', 'contentType', 'body'];

/** Problems of what a source answers: `{status, contentType, body}`, each of them optional. */
export function answerProblems(answer: unknown, path: readonly string[]): Problem[] {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    const message = 'answer must be an object with `status`, `contentType` and `body`';
    return [{ pointer: pointerTo(...path), rule: 'type', message, value: readable(answer) }];
  }
  const { status, contentType, body } = answer as Record<string, unknown>;
  return [
    ...unknownKeys(answer, path),
    ...(status === undefined ? [] : statusProblems(status, [...path, 'status'])),
    ...(contentType === undefined ? [] : contentTypeProblems(contentType, [...path, 'contentType'])),
    ...(body === undefined ? [] : bodyProblems(body, status, [...path, 'body'])),
  ];
}

/** A valid answer with its defaults: 200, and `text/plain` if it has a body. */
export function toAnswer(answer: Partial<SourceAnswer>): SourceAnswer {
  const { status = DEFAULT_ANSWER.status, body = DEFAULT_ANSWER.body } = answer;
  const ordinary = body === '' ? null : 'text/plain; charset=utf-8';
  return { status, contentType: answer.contentType ?? ordinary, body };
}

function unknownKeys(answer: object, path: readonly string[]): Problem[] {
  const unknown = Object.keys(answer).filter((key) => !KEYS.includes(key));
  return unknown.map((key) => ({
    pointer: pointerTo(...path, key),
    rule: 'unknown_key',
    message: `"${String(readable(key))}" is not a known key of an answer, did you mean "${nearest(key, KEYS)}"?`,
    bounds: { known: KEYS },
  }));
}

function statusProblems(status: unknown, path: readonly string[]): Problem[] {
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 299) return [];
  const message =
    'status must be a whole number from 200 to 299: with any other a provider sends the request again';
  const bounds = { min: 200, max: 299 };
  return [{ pointer: pointerTo(...path), rule: 'range', message, bounds, value: readable(status) }];
}

function contentTypeProblems(contentType: unknown, path: readonly string[]): Problem[] {
  const pointer = pointerTo(...path);
  const value = readable(contentType);
  const isType =
    typeof contentType === 'string' &&
    contentType.length <= CONTENT_TYPE_MAX &&
    CONTENT_TYPE.test(contentType);
  if (!isType) {
    const message = `contentType must be a media type like "application/json", ${CONTENT_TYPE_MAX} characters at most`;
    return [{ pointer, rule: 'content_type', message, bounds: { maxLength: CONTENT_TYPE_MAX }, value }];
  }
  const [type] = contentType.toLowerCase().split(';');
  if (!ACTIVE.includes(type!.trim())) return [];
  const message = `contentType must not be ${type!.trim()}, which a browser would run as a page of this server: take "text/plain" or "application/json"`;
  return [{ pointer, rule: 'content_type', message, bounds: { forbidden: ACTIVE }, value }];
}

function bodyProblems(body: unknown, status: unknown, path: readonly string[]): Problem[] {
  const pointer = pointerTo(...path);
  const bounds = { maxBytes: ANSWER_BODY_MAX };
  if (typeof body !== 'string' || !isStorable(body)) {
    const message = 'body must be text without U+0000 and without half surrogate pairs';
    return [{ pointer, rule: 'text', message, value: readable(body) }];
  }
  const bytes = Buffer.byteLength(body);
  if (bytes > ANSWER_BODY_MAX) {
    const message = `body must have at most ${ANSWER_BODY_MAX} bytes of UTF-8, this one has ${bytes}`;
    return [{ pointer, rule: 'size', message, bounds }];
  }
  if (body === '' || !WITHOUT_BODY.includes(status as number)) return [];
  const message = `body must be left out with status ${String(status)}, which has none`;
  return [{ pointer, rule: 'no_body', message }];
}
