import { JSON_NULL, sliceMember } from '@breakwater/json';
import type { JsonDocument } from '@breakwater/webhook-client';

/** An app's answer to a sync call; `data` is JSON text, byte for byte as the app wrote it. */
export type AppAnswer =
  | { success: true; data: Buffer }
  /** The app refuses: no fallback is used. */
  | { success: false; error: { code: string; message: string }; data: Buffer };

const ENVELOPE = new Set(['success', 'data', 'error']);

/** Reads both formats: `{success, data?, error?}` with nothing else in it, and any other JSON, which is the data. */
export function readAnswer({ value, bytes }: JsonDocument): AppAnswer {
  if (!isEnvelope(value)) return { success: true, data: bytes };
  const data = sliceMember(bytes, 'data') ?? JSON_NULL;
  if (value.success) return { success: true, data };
  return {
    success: false,
    data,
    error: { code: textOf(value.error, 'code', 'APP_ERROR'), message: textOf(value.error, 'message', '') },
  };
}

function isEnvelope(value: unknown): value is { success: boolean; data?: unknown; error?: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { success?: unknown }).success === 'boolean' &&
    Object.keys(value).every((key) => ENVELOPE.has(key))
  );
}

function textOf(error: unknown, member: string, otherwise: string): string {
  const value = (error as Record<string, unknown> | null | undefined)?.[member];
  return typeof value === 'string' ? value : otherwise;
}
