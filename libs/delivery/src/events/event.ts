import type { RetrySetting } from '@breakwater/manifest';

/** What is stored of an event. */
export interface NewEvent {
  id: string;
  /** Null: of the platform. */
  appId: string | null;
  type: string;
  /** Kept and sent as these bytes. */
  body: Buffer;
  contentType: string;
  metadata: Record<string, unknown> | null;
  requestId: string;
  publishedBy: string | null;
  deliverAt: Date | null;
  idempotency: { key: string; digest: string } | null;
}

/** A subscription that an event is delivered to. */
export interface EventTarget {
  endpointId: string;
  timeoutMs: number | null;
  retry: RetrySetting | null;
}

/** The deliveries of an event that one commit makes, in the order of endpoint ids. */
export interface EventMatches {
  /** What the subscriptions that were looked at had as their version; where it is old by now, nothing is stored. */
  directoryVersion: number;
  targets: readonly EventTarget[];
  /** Whether there are more than these: a worker goes on behind `cursor`. */
  more: boolean;
  /** The last endpoint that was looked at; null: none. */
  cursor: string | null;
}

/** An event to publish. Without matches a worker fans it out, when it is due. */
export interface EventToPublish {
  event: NewEvent;
  matches: EventMatches | null;
}

export type Published =
  | { kind: 'published'; eventId: string }
  /** Its key was used for the same event. */
  | { kind: 'replayed'; eventId: string }
  /** Its key was used for another event. */
  | { kind: 'conflict'; key: string };

/** An event that a worker is to fan out. */
export interface DueEvent {
  id: string;
  appId: string | null;
  type: string;
  body: Buffer;
  headers: Record<string, string> | null;
  metadata: Record<string, unknown> | null;
  /** When its fan-out was due; null where it was published to be fanned out at once. */
  deliverAt: Date | null;
  /** The last endpoint that got its delivery; null: none yet. */
  cursor: string | null;
  /** Of the subscriptions that it is matched with; null: those of now. */
  directoryVersion: number | null;
}
