import { IdempotencyKeyInvalidError } from '@breakwater/delivery';

const KEY = /^[\x20-\x7e]{1,255}$/;

/** The schema of the header `Idempotency-Key` in the OpenAPI document. */
export const IDEMPOTENCY_KEY_SCHEMA = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: String.raw`^[\x20-\x7e]+$`,
} as const;

/** The key of a header; null: there is none. @throws IdempotencyKeyInvalidError */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (!KEY.test(header)) throw new IdempotencyKeyInvalidError(header);
  return header;
}
