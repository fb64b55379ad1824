import { RESPONSE_CAP_BYTES } from '@breakwater/webhook-client';

/** What a listener says of a call, without the body. */
export type ListenerAnswer =
  | { kind: 'answered'; status: number; headers: Record<string, string> }
  | { kind: 'too_large'; status: number }
  /** The program on the developer's machine did not answer; or the listener is gone. */
  | { kind: 'failed'; code: string; message: string };

export interface ReceivedAnswer {
  answer: ListenerAnswer;
  body: Buffer;
}

/** As of any receiver (undici limits those to 16 KiB). */
const HEADERS_MAX = 100;
const HEADERS_MAX_BYTES = 16 * 1024;
const CODE = /^[A-Z][A-Z0-9_]{0,39}$/;
const MESSAGE_MAX = 500;
const NOTHING = Buffer.alloc(0);

export const LISTENER_GONE: ListenerAnswer = {
  kind: 'failed',
  code: 'LISTENER_GONE',
  message: 'the listener ended before it answered',
};

/** Reads what came over the socket: it may be anything. */
export function receivedAnswer(raw: unknown): ReceivedAnswer {
  const { status, headers, body, failed, tooLarge } = (raw ?? {}) as Record<string, unknown>;
  if (failed !== undefined) return { answer: failureOf(failed), body: NOTHING };
  if (!isStatus(status)) return badAnswer('the listener answered without a status');
  if (tooLarge === true) return { answer: { kind: 'too_large', status }, body: NOTHING };
  const flat = headersOf(headers);
  if (flat === null) return badAnswer('the listener’s answer has headers that are too many or too long');
  const bytes = body === undefined || body === null ? NOTHING : body;
  if (!Buffer.isBuffer(bytes)) return badAnswer('the listener’s answer has a body that is no bytes');
  if (bytes.length > RESPONSE_CAP_BYTES) return { answer: { kind: 'too_large', status }, body: NOTHING };
  return { answer: { kind: 'answered', status, headers: flat }, body: bytes };
}

function failureOf(failed: unknown): ListenerAnswer {
  const { code, message } = (failed ?? {}) as Record<string, unknown>;
  return {
    kind: 'failed',
    code: typeof code === 'string' && CODE.test(code) ? code : 'UNKNOWN',
    message: typeof message === 'string' ? message.slice(0, MESSAGE_MAX) : 'the listener gave no reason',
  };
}

function badAnswer(message: string): ReceivedAnswer {
  return { answer: { kind: 'failed', code: 'BAD_ANSWER', message }, body: NOTHING };
}

function isStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 999;
}

/** Null where there are too many. */
function headersOf(headers: unknown): Record<string, string> | null {
  if (typeof headers !== 'object' || headers === null) return {};
  const entries = Object.entries(headers).filter(([, value]) => typeof value === 'string') as [
    string,
    string,
  ][];
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (entries.length > HEADERS_MAX || bytes > HEADERS_MAX_BYTES) return null;
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}
