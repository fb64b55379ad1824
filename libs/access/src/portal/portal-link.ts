import type { PortalCapability } from './portal-capabilities.js';

/** The parts of a link that a decision needs. */
export interface PortalLinkRow {
  id: string;
  appId: string;
  hash: string;
  capabilities: PortalCapability[];
  note: string | null;
  expiresAt: Date;
  revokedAt: Date | null;
}

export const PORTAL_LINK_STATES = ['active', 'expired', 'revoked'] as const;

export type PortalLinkState = (typeof PORTAL_LINK_STATES)[number];

/** A link as lists show it. */
export interface PortalLinkView {
  id: string;
  appId: string;
  capabilities: PortalCapability[];
  note: string | null;
  state: PortalLinkState;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

/** A revoked link stays revoked after its end. */
export function portalLinkState(
  { expiresAt, revokedAt }: Pick<PortalLinkRow, 'expiresAt' | 'revokedAt'>,
  now: Date,
): PortalLinkState {
  if (revokedAt !== null) return 'revoked';
  return now < expiresAt ? 'active' : 'expired';
}

/** How the audit log and lists name who came by a link. */
export function portalActor({ id, note }: Pick<PortalLinkRow, 'id' | 'note'>): string {
  return note === null ? `portal link ${id}` : `portal link ${id} (${note})`;
}
