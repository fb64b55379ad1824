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

/** Why the guard says no. The message names no internal address. */
export interface Refusal {
  rule: UrlRule;
  message: string;
  bounds?: unknown;
  /** No setting opens it. */
  isFinal?: true;
}
