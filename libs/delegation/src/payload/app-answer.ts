/** What an app answered to a sync call (row B6). */
export type AppAnswer =
  | { success: true; data: unknown }
  /** The app's own no: no fallback answers for it. */
  | { success: false; error: { code: string; message: string }; data: unknown };

const ENVELOPE = new Set(['success', 'data', 'error']);

/** Reads both formats: `{success, data?, error?}` with nothing else in it, and any other JSON, which is the data. */
export function readAnswer(json: unknown): AppAnswer {
  if (!isEnvelope(json)) return { success: true, data: json };
  const data = json.data ?? null;
  if (json.success) return { success: true, data };
  return {
    success: false,
    data,
    error: { code: textOf(json.error, 'code', 'APP_ERROR'), message: textOf(json.error, 'message', '') },
  };
}

function isEnvelope(json: unknown): json is { success: boolean; data?: unknown; error?: unknown } {
  return (
    typeof json === 'object' &&
    json !== null &&
    typeof (json as { success?: unknown }).success === 'boolean' &&
    Object.keys(json).every((key) => ENVELOPE.has(key))
  );
}

function textOf(error: unknown, member: string, otherwise: string): string {
  const value = (error as Record<string, unknown> | null | undefined)?.[member];
  return typeof value === 'string' ? value : otherwise;
}
