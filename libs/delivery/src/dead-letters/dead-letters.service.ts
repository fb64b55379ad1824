import { Injectable } from '@nestjs/common';
import { isId } from '@breakwater/platform';
import { Windows } from '../attempt/windows.service.js';
import { Deliveries, type DeliveryStory } from '../deliveries/deliveries.service.js';
import {
  DeadLetterNotFoundError,
  DeadLetterResolvedError,
  DeliveryNotFoundError,
} from '../deliveries/delivery.error.js';
import { RedeliverStore } from '../deliveries/redeliver.store.js';
import {
  DeadLetterGroupsStore,
  type DeadLetterGroup,
  type DeadLetterGroupFilter,
} from './dead-letter-groups.store.js';
import {
  DeadLetterStore,
  type DeadLetterFilter,
  type DeadLetterRow,
  type DeadLetterWithPayload,
} from './dead-letter.store.js';

export interface DeadLetterStatistics {
  total: number;
  byCategory: Record<string, number>;
  byReason: Record<string, number>;
  byApp: Record<string, number>;
  byCapability: Record<string, number>;
  byEventType: Record<string, number>;
  byAge: Record<'1h' | '24h' | '7d' | 'older', number>;
}

/** Bytes of a payload that a list shows: so a page of 200 stays below 4 MiB. */
const PAYLOAD_START_BYTES = 16 * 1024;

/** Rows one bulk statement takes at a time. */
const BULK = 1_000;

/** Deliveries that failed for good, and what people do with them. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly store: DeadLetterStore,
    private readonly redeliveries: RedeliverStore,
    private readonly windows: Windows,
    private readonly deliveries: Deliveries,
    private readonly grouped: DeadLetterGroupsStore,
  ) {}

  /**
   * Newest first.
   * @param after the last item seen
   * @param as the app whose key is used, which sees its own; null is the platform itself
   */
  async list(
    filter: DeadLetterFilter,
    limit: number,
    after?: { failedAt: Date; id: string },
    as: string | null = null,
  ): Promise<DeadLetterRow[]> {
    return this.store.list(filter, limit, after, as);
  }

  /**
   * Unresolved ones by endpoint and error class, the largest group first.
   * @param as the app whose key is used, which sees its own; null is the platform itself
   */
  async groups(filter: DeadLetterGroupFilter, as: string | null): Promise<DeadLetterGroup[]> {
    return this.grouped.list(filter, as);
  }

  /** @param as the app whose key is used, which sees its own; null is the platform itself */
  async get(
    id: string,
    as: string | null = null,
  ): Promise<{ deadLetter: DeadLetterWithPayload; story: DeliveryStory | null }> {
    const deadLetter = isId(id) ? await this.store.findWithPayload(id, as) : null;
    if (!deadLetter || isForeign(deadLetter, as)) throw new DeadLetterNotFoundError(id);
    const story = await this.deliveries.get(deadLetter.deliveryId, as).catch((error: unknown) => {
      if (error instanceof DeliveryNotFoundError) return null; // Retention has removed it.
      throw error;
    });
    return { deadLetter, story };
  }

  /** The first bytes of each payload of a page, as text, by the dead letter's id. */
  async payloadStarts(
    ids: readonly string[],
    as: string | null,
  ): Promise<Map<string, { text: string; truncated: boolean }>> {
    const rows = await this.store.payloadStarts(ids, PAYLOAD_START_BYTES, as);
    return new Map(rows.map(({ id, start, truncated }) => [id, { text: wholeText(start), truncated }]));
  }

  /** The delivery of a dead letter; null if there is none with that id, or if it belongs to another app. */
  async deliveryOf(id: string, as: string | null): Promise<string | null> {
    const row = isId(id) ? await this.store.find(id, as) : null;
    return row?.deliveryId ?? null;
  }

  /** @returns the id of the delivery that is sent: another one if the payload is edited */
  async retry(id: string, actor: string, as: string | null = null, edited?: Buffer): Promise<string> {
    const { deliveryId } = await this.find(id, as);
    return this.deliveries.redeliver(deliveryId, as, actor, edited);
  }

  /** As {@link Deliveries.redeliverWarnings}. */
  async retryWarnings(id: string, as: string | null, isEdited: boolean): Promise<string[]> {
    const { deliveryId } = await this.find(id, as);
    return this.deliveries.redeliverWarnings(deliveryId, as, isEdited);
  }

  /** A note of one person for the others; null removes it. It has nothing to do with the notes of a resolution. */
  async note(
    id: string,
    note: string | null,
    actor: string,
    as: string | null = null,
  ): Promise<DeadLetterRow> {
    await this.find(id, as);
    await this.store.note(id, note, actor);
    return this.find(id, as);
  }

  /** @throws DeadLetterResolvedError when it is already resolved */
  async resolve(
    id: string,
    actor: string,
    notes: string | null,
    as: string | null = null,
  ): Promise<DeadLetterRow> {
    const before = await this.find(id, as);
    const count = await this.store.resolve([id], { actor, notes }, as);
    const after = await this.find(id, as);
    if (count === 0) throw new DeadLetterResolvedError(id, after.resolvedAt ? after : before);
    return after;
  }

  async remove(id: string): Promise<void> {
    await this.find(id, null);
    await this.store.remove(id);
  }

  /** @returns how many were sent again, or with `dryRun` would be */
  async retryAll(filter: DeadLetterFilter, actor: string, dryRun: boolean): Promise<number> {
    return this.inBulk(filter, async (rows) => {
      const ids = rows.map((row) => row.deliveryId);
      if (dryRun) return this.redeliveries.countRedeliverable(ids);
      const again = await this.redeliveries.redeliver(ids, actor);
      await this.windows.promote(...new Set(again.map(({ endpointId }) => endpointId)));
      return again.length;
    });
  }

  /** @returns how many were resolved, or with `dryRun` would be */
  async resolveAll(
    filter: DeadLetterFilter,
    actor: string,
    notes: string | null,
    dryRun: boolean,
  ): Promise<number> {
    if (dryRun) return this.store.countUnresolved(filter);
    return this.inBulk(filter, async (rows) => {
      const ids = rows.map(({ id }) => id);
      return this.store.resolve(ids, { actor, notes }, null);
    });
  }

  /**
   * Counts those that wait for a person.
   * @param as the app whose key is used, which sees its own; null is the platform itself
   */
  async statistics(as: string | null = null): Promise<DeadLetterStatistics> {
    const rows = await this.store.countOpen(as);
    const by = (name: string): Record<string, number> =>
      Object.fromEntries(
        rows.filter(({ dimension }) => dimension === name).map(({ value, count }) => [value, count]),
      );
    return {
      total: by('total')[''] ?? 0,
      byCategory: by('category'),
      byReason: by('reason'),
      byApp: by('app'),
      byCapability: by('capability'),
      byEventType: by('event_type'),
      byAge: { '1h': 0, '24h': 0, '7d': 0, older: 0, ...by('age') },
    };
  }

  private async find(id: string, as: string | null): Promise<DeadLetterRow> {
    const row = isId(id) ? await this.store.find(id, as) : null;
    if (!row || isForeign(row, as)) throw new DeadLetterNotFoundError(id);
    return row;
  }

  /**
   * Takes what the filter matches now, in the order of ids: no row is processed twice, also when rows are
   * added meanwhile.
   */
  private async inBulk(
    filter: DeadLetterFilter,
    work: (rows: { id: string; deliveryId: string }[]) => Promise<number>,
  ): Promise<number> {
    let done = 0;
    for await (const rows of this.store.pages(filter, BULK)) done += await work(rows);
    return done;
  }
}

/** The cut may have split a character: its first bytes are removed. */
function wholeText(bytes: Buffer): string {
  return new TextDecoder().decode(bytes, { stream: true });
}

/** Row-level security hides other apps' rows; this is a second check that works without it. */
function isForeign({ appId }: { appId: string }, as: string | null): boolean {
  return as !== null && appId !== as;
}
