import type { PortalCapability } from '../portal/portal-capabilities.js';
import type { Scope } from './scopes.js';

/** The parts of a key that a decision needs. */
export interface KeyRow {
  id: string;
  name: string;
  hash: string;
  scopes: Scope[];
  /** The only app that it may be used for; null: every app. */
  appId: string | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** The caller. */
export interface Principal {
  /** By an API key in a header, by a session of a person who signed in with one, or by a portal link. */
  kind: 'key' | 'session' | 'portal';
  /** The id of the key, or of the portal link. */
  keyId: string;
  name: string;
  scopes: readonly Scope[];
  appId: string | null;
  /** What a portal link may do; null for keys and sessions: their scopes decide. */
  capabilities: readonly PortalCapability[] | null;
  /** When it ends; null: never. */
  expiresAt: Date | null;
}

/** A key as lists show it. */
export interface KeyView {
  id: string;
  name: string;
  /** Its first characters, to recognise it. */
  prefix: string;
  scopes: Scope[];
  appId: string | null;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}
