export type UrlRule =
  | 'malformed'
  | 'length'
  | 'characters'
  | 'scheme'
  | 'userinfo'
  | 'fragment'
  | 'name'
  | 'port'
  | 'address'
  | 'metadata';

/** Why the guard refuses. The message contains no internal address. */
export interface Refusal {
  rule: UrlRule;
  message: string;
  bounds?: unknown;
  /** No setting allows it. */
  isFinal?: true;
}
