/** Types of captured requests start with this. Nobody can publish them. */
export const INBOUND_PREFIX = 'inbound.';

/** The type of the events of a source. */
export function inboundType(source: string): string {
  return INBOUND_PREFIX + source;
}

/** Whether only Breakwater itself creates events of this type. */
export function isReservedType(type: string): boolean {
  return type === 'inbound' || type.startsWith(INBOUND_PREFIX);
}
