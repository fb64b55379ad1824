import type { BreakerEvent } from './breaker-event.js';

/** Several changes of one breaker that were collected for one message. */
export interface BreakerSummary {
  /** Of the last of the changes. */
  id: number;
  generation: number;
  appId: string;
  appName: string;
  capability: string;
  /** Name of the subscription whose endpoint it is; null: it is of a capability, or the subscription was deleted. */
  subscription: string | null;
  opened: number;
  closed: number;
  /** The first and the last of the changes. */
  from: Date;
  to: Date;
  /** The state after the last of them. */
  state: 'open' | 'closed';
  lastError: string | null;
  enforced: boolean;
}

export type BreakerNews =
  { kind: 'change'; event: BreakerEvent } | { kind: 'summary'; summary: BreakerSummary };

/**
 * The message about a breaker's unreported changes: one change as it is, several as one summary.
 * @param events oldest first
 * @param isGrouped false reports each change separately
 */
export function newsOf(events: readonly BreakerEvent[], isGrouped: boolean): BreakerNews[] {
  if (!isGrouped || events.length < 2) return events.map((event) => ({ kind: 'change', event }));
  const last = events.at(-1)!;
  const { id, generation, appId, appName, capability, subscription, lastError, enforced } = last;
  const opened = events.filter(({ happened }) => happened === 'opened').length;
  return [
    {
      kind: 'summary',
      summary: {
        id,
        generation,
        appId,
        appName,
        capability,
        subscription,
        lastError,
        enforced,
        opened,
        closed: events.length - opened,
        from: events[0]!.at,
        to: last.at,
        state: last.happened === 'opened' ? 'open' : 'closed',
      },
    },
  ];
}
