/** What a portal link may do with its one app. Each of them may also `view`. */
export const PORTAL_CAPABILITIES = [
  'view',
  'redeliver',
  'resolve',
  'manageSubscriptions',
  'rotateSecrets',
  'test',
] as const;

export type PortalCapability = (typeof PORTAL_CAPABILITIES)[number];

/** In the order above, each once, and always with `view`. */
export function withView(asked: readonly PortalCapability[]): PortalCapability[] {
  return PORTAL_CAPABILITIES.filter((one) => one === 'view' || asked.includes(one));
}
