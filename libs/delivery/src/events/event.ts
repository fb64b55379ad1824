import type { RetrySetting } from '@breakwater/manifest';
import type { Problem } from '@breakwater/platform';

/** An event to store. */
export interface NewEvent {
  id: string;
  /** Null: an event of the platform. */
  appId: string | null;
  type: string;
  /** Stored and sent unchanged. */
  body: Buffer;
  contentType: string;
  metadata: Record<string, unknown> | null;
  requestId: string;
  publishedBy: string | null;
  deliverAt: Date | null;
  idempotency: { key: string; digest: string } | null;
  /** How it differs from the schema of its type, if that only warns; null: not at all. */
  warnings: readonly Problem[] | null;
}

/** A subscription that an event is delivered to. */
export interface EventTarget {
  endpointId: string;
  timeoutMs: number | null;
  retry: RetrySetting | null;
}

/** The deliveries of an event that one commit creates, sorted by endpoint id. */
export interface EventMatches {
  /** Version of the subscriptions that were matched; if it is outdated, nothing is stored. */
  directoryVersion: number;
  targets: readonly EventTarget[];
  /** Whether there are more: a worker continues after `cursor`. */
  more: boolean;
  /** The last endpoint in `targets`; null: none. */
  cursor: string | null;
}

/** An event to publish. Without matches, a worker fans it out when it is due. */
export interface EventToPublish {
  event: NewEvent;
  matches: EventMatches | null;
}

export type Published =
  | { kind: 'published'; eventId: string }
  /** The key was already used for the same event. */
  | { kind: 'replayed'; eventId: string }
  /** The key was already used for another event. */
  | { kind: 'conflict'; key: string };

/** An event that a worker has taken to fan out. */
export interface DueEvent {
  id: string;
  appId: string | null;
  type: string;
  body: Buffer;
  headers: Record<string, string> | null;
  metadata: Record<string, unknown> | null;
  requestId: string;
  /** When the fan-out was due; null: at once. */
  deliverAt: Date | null;
  /** The last endpoint with a delivery; null: none yet. */
  cursor: string | null;
  /** Version of the subscriptions to match; null: the current version. */
  directoryVersion: number | null;
}
