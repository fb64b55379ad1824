import type { SubscriptionView } from '@breakwater/manifest';
import type { DedupeSetting, SourceAnswer, SourceVerification } from './source.js';

/** A source as the API shows it. */
export interface SourceView {
  id: string;
  appId: string;
  name: string;
  description: string | null;
  /** The address that the provider is given; null: it cannot be decrypted. */
  url: string | null;
  /** Former addresses that still work. */
  previousUrls: { url: string | null; expiresAt: Date }[];
  /** Type of its events. */
  eventType: string;
  verification: SourceVerification;
  /** What it lacks to verify requests: `secret`, or names of options. */
  missing: string[];
  /** Those that are accepted, the newest first; the secrets themselves are not shown. */
  secrets: { id: string; createdAt: Date; expiresAt: Date | null }[];
  /** Null: as the preset says, or 200 with the id of the event. */
  answer: SourceAnswer | null;
  /** Null: where the preset says. */
  dedupeId: DedupeSetting;
  targets: SubscriptionView[];
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  pausedByPlatform: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** The values of a source that its owner writes, checked. */
export interface SourceSettings {
  description: string | null;
  verification: SourceVerification;
  answer: SourceAnswer | null;
  dedupe: DedupeSetting;
}
