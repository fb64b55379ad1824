/** What every line about a call says first, sync or async. */
export interface CallFields {
  deliveryId: string;
  appId: string;
  capability: string;
  /** Of an event its type, of a call its capability. */
  eventType: string;
  requestId: string;
}

/** @param url of the endpoint: only its origin is logged, since paths and queries may carry secrets */
export function callFields({ url, ...fields }: CallFields & { url: string }): CallFields & { url: string } {
  return { ...fields, url: URL.parse(url)?.origin ?? '' };
}
