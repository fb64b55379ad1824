/** A captured request as it arrived; nothing in it was decoded or converted. */
export interface InboundRequest {
  method: string;
  /** The source's public URL as configured, with the rest of the path and the query as they were sent. */
  url: string;
  /** In the order of the request; a name may be repeated. Values are latin-1 text, one character a byte. */
  headers: readonly (readonly [name: string, value: string])[];
  /** The raw bytes, also when they are compressed. */
  body: Buffer;
}

/** All values of a header; names are compared without regard to case. */
export function headerValues(request: InboundRequest, name: string): string[] {
  const wanted = name.toLowerCase();
  const found: string[] = [];
  for (const [each, value] of request.headers) {
    if (each.length === wanted.length && each.toLowerCase() === wanted) found.push(value);
  }
  return found;
}
