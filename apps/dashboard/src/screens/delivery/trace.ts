const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace that the calls of a delivery belong to, from what was sent; null: none was sent. */
export function traceOf(
  history: readonly { requestHeaders: Readonly<Record<string, unknown>> | null }[],
): string | null {
  for (const { requestHeaders } of history) {
    const parent = headerOf(requestHeaders, 'traceparent');
    const found = parent === null ? null : TRACEPARENT.exec(parent);
    if (found) return found[1]!;
  }
  return null;
}

/** A header by its name, whatever its case. */
export function headerOf(headers: Readonly<Record<string, unknown>> | null, name: string): string | null {
  const found = Object.entries(headers ?? {}).find(([one]) => one.toLowerCase() === name);
  return typeof found?.[1] === 'string' ? found[1] : null;
}
