/**
 * A place in the feed. Items are in the order of the transactions that wrote them; those of one transaction are in the
 * order of their source, id and number. A cursor is the text of such a place: everything before it, and the item at it,
 * was handed out.
 */
export interface Position {
  /** Number of the transaction. */
  transaction: number;
  /** Where in the transaction: see {@link SOURCES}. -1: before all its items. */
  source: number;
  id: string;
  /** Of the attempt; 0 of other items. */
  number: number;
  /** When it was handed out, whole seconds since 1970 by the database's clock. */
  atS: number;
}

/** The tables that items come from, in the order of the items of one transaction. */
export const SOURCES = { event: 0, capture: 1, invocation: 2, attempt: 3, deadLetter: 4 } as const;

const NO_ID = '00000000-0000-0000-0000-000000000000';
const VERSION = 1;
/** One for the version, one for the source, then seconds (4), transaction (6), id (16) and number (3). */
const BYTES = 31;

/** The place before all items of a transaction. */
export function beginningOf(transaction: number, atS: number): Position {
  return { transaction, source: -1, id: NO_ID, number: 0, atS };
}

/** Negative where `a` is before `b`, 0 where they are the same place. */
export function compare(a: Position, b: Position): number {
  return (
    a.transaction - b.transaction ||
    a.source - b.source ||
    (a.id < b.id ? -1 : Number(a.id > b.id)) ||
    a.number - b.number
  );
}

export function formatCursor({ transaction, source, id, number, atS }: Position): string {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeInt8(source, 1);
  bytes.writeUInt32BE(atS, 2);
  bytes.writeUIntBE(transaction, 6, 6);
  bytes.write(id.replaceAll('-', ''), 12, 'hex');
  bytes.writeUIntBE(number, 28, 3);
  return bytes.toString('base64url');
}

/** Null where the text is not a cursor. */
export function parseCursor(text: string): Position | null {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== BYTES || bytes.readUInt8(0) !== VERSION || bytes.toString('base64url') !== text)
    return null;
  const hex = bytes.toString('hex', 12, 28);
  return {
    transaction: bytes.readUIntBE(6, 6),
    source: bytes.readInt8(1),
    id: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
    number: bytes.readUIntBE(28, 3),
    atS: bytes.readUInt32BE(2),
  };
}
