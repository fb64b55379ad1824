import type { HandshakeName, Preset } from '../presets/preset.js';
import type { From, Scheme } from '../verification/scheme.js';
import type { VerificationOptions } from '../verification/verification.js';

/**
 * How the requests of a source are verified, as its owner wrote it: a preset with its options, a scheme, or the preset
 * `none`, which accepts every request.
 */
export type SourceVerification = PresetVerification | SchemeVerification;

export interface PresetVerification {
  preset: string;
  toleranceSeconds?: number;
  /** Options that the preset asks for, such as `webhookId`. */
  [option: string]: unknown;
}

export interface SchemeVerification {
  scheme: Scheme;
  toleranceSeconds?: number;
  [option: string]: unknown;
}

/** The preset of a source that accepts every request. */
export const NO_VERIFICATION = 'none';

/** What a source answers when it has stored a request. */
export interface SourceAnswer {
  /** 200 to 299. */
  status: number;
  /** Null: no such header. */
  contentType: string | null;
  body: string;
}

export const DEFAULT_ANSWER: SourceAnswer = { status: 200, contentType: null, body: '' };

/** A dedupe setting that makes every request an event of its own. */
export const NO_DEDUPE = 'none';

/** Where the provider's id of a request stands; null: where the preset says. */
export type DedupeSetting = From | typeof NO_DEDUPE | null;

/** A source with everything that a captured request needs. Shared by all callers: do not change it. */
export interface ResolvedSource {
  id: string;
  appId: string;
  name: string;
  /** Type of its events. */
  eventType: string;
  /** Null: it has a scheme of its own, or accepts every request. */
  preset: Preset | null;
  /** Null: every request is accepted. */
  scheme: Scheme | null;
  options: VerificationOptions;
  handshakes: readonly HandshakeName[];
  /** Accepted now, the newest first. */
  secrets: readonly string[];
  /** No longer accepted; only to explain a refusal. */
  expiredSecrets: readonly string[];
  /** Why requests cannot be verified now: a secret cannot be opened, or the preset is not known; null: they can. */
  problem: string | null;
  /**
   * Where the id stands that repeats have, too; several texts make one id together. Null: each request is an event of its
   * own.
   */
  dedupeId: From | readonly From[] | null;
  answer: SourceAnswer;
  isPaused: boolean;
  /** Of the key in the address. An `old` one was replaced, and works until it expires. */
  key: { state: 'current' } | { state: 'old'; expiresAt: Date };
}
