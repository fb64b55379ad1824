/**
 * `fan_out_at` of the events of a paused source, as SQL: no worker takes them. Not `infinity`, which Prisma cannot read.
 */
export const HELD_UNTIL = `'9999-01-01T00:00:00Z'::timestamptz`;

/** The same. */
export const HELD_UNTIL_DATE = new Date('9999-01-01T00:00:00Z');
