import type { Position } from './cursor.js';

/** Items that a watcher does not get, said in one line. */
export interface Gap {
  /** Null where nobody can say how many. */
  skipped: number | null;
  reason: 'too_many' | 'expired' | 'other_database';
  /** One sentence. */
  detail: string;
}

/** What is known about the items after a cursor. */
export interface Past {
  /** The next number of a transaction. */
  ahead: number;
  nowS: number;
  /** Days that rows are kept. */
  keptDays: number;
  /** Items before those that are still handed out; 0 where all are, null where counting took too long. */
  tooMany: number | null;
}

const DAY_S = 86_400;

/** Whether the cursor was handed out by this database: restored elsewhere, its numbers mean nothing. */
export function isOfOtherDatabase(position: Position, ahead: number): boolean {
  return position.transaction > ahead;
}

/** What the watcher does not get; null where it gets everything. */
export function gapOf(position: Position, { ahead, nowS, keptDays, tooMany }: Past): Gap | null {
  if (isOfOtherDatabase(position, ahead)) {
    return gap(
      null,
      'other_database',
      'the cursor is of another database: the feed begins with what happens now',
    );
  }
  if (nowS - position.atS > keptDays * DAY_S) {
    return gap(null, 'expired', `the cursor is older than the ${keptDays} days that items are kept`);
  }
  if (tooMany === 0) return null;
  return gap(tooMany, 'too_many', `${counted(tooMany)} were skipped: more than one resume hands out`);
}

function gap(skipped: number | null, reason: Gap['reason'], detail: string): Gap {
  return { skipped, reason, detail };
}

function counted(items: number | null): string {
  return items === null ? 'an unknown number of items' : `${items.toLocaleString('en-US')} items`;
}
