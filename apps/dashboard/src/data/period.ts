/** A stretch of time as it is in the URL: a range up to now, or two moments. */
export interface PeriodFilter {
  range?: string;
  from?: string;
  to?: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Ranges up to now, by their name in the URL. */
export const RANGES: readonly { name: string; title: string; ms: number }[] = [
  { name: '15m', title: 'Last 15 min', ms: 15 * MINUTE_MS },
  { name: '1h', title: 'Last hour', ms: HOUR_MS },
  { name: '6h', title: 'Last 6 h', ms: 6 * HOUR_MS },
  { name: '24h', title: 'Last 24 h', ms: 24 * HOUR_MS },
  { name: '7d', title: 'Last 7 d', ms: 7 * 24 * HOUR_MS },
  { name: '30d', title: 'Last 30 d', ms: 30 * 24 * HOUR_MS },
];

/** What the API is asked for. A range that is not known, and a time that is none, are left out. */
export function periodOf({ range, from, to }: PeriodFilter, now: Date): { from?: string; to?: string } {
  const known = RANGES.find(({ name }) => name === range);
  if (known) return { from: new Date(now.getTime() - known.ms).toISOString() };
  const period: { from?: string; to?: string } = {};
  if (isMoment(from)) period.from = new Date(from).toISOString();
  if (isMoment(to)) period.to = new Date(to).toISOString();
  return period;
}

function isMoment(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text));
}

/** The value of a `datetime-local` field in the zone of the computer. */
export function toLocalField(text: string | undefined): string {
  if (!isMoment(text)) return '';
  const at = new Date(text);
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}
