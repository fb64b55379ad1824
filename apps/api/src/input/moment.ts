/** RFC 3339; the seconds may be absent, as ISO 8601 allows. */
const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,30}))?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** Nothing in our data is older. */
const FIRST_MS = Date.UTC(1970, 0, 1);
/** The last moment that every column and every client language can hold. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * The moment of a text in ISO 8601 with a time zone, to the millisecond; undefined when the text is not a moment:
 * without a zone, or with a day that does not exist. Moments outside 1970 to 9999 become the first or the last: all
 * our data is between them.
 */
export function momentOf(text: string): Date | undefined {
  const match = MOMENT.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = ''] = match;
  const zone = match[8]!.toUpperCase();
  const isDay = Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month));
  if (!isDay || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  // A leap second counts as the second before it: our clocks do not have it.
  const seconds = second === '60' ? '59' : second;
  const ms = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`,
  );
  return new Date(Math.min(Math.max(ms, FIRST_MS), LAST_MS));
}

function daysIn(year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
