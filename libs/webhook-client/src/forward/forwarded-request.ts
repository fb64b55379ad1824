/** A captured request that is passed on as it came, with the body of the call. */
export interface ForwardedRequest {
  method: string;
  /** The rest of the path, empty or with a slash first; as it came, one character a byte. */
  path: string;
  /** Without its question mark; empty: none. */
  query: string;
  /** In the order of the request; a name may be repeated. Values are latin-1 text, one character a byte. */
  headers: readonly (readonly [name: string, value: string])[];
  /** The name of the source that captured it. */
  source: string;
}
