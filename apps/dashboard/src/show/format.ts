/** Numbers and times as a person reads them. All are pure: the time now and the zone are arguments. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Below this many samples no percentile above the median and no percentage alone is shown. */
export const FEW = 20;

export type Zone = 'utc' | 'local';

/** Milliseconds below a second, else seconds, minutes, hours or days, in at most three digits. */
export function formatDuration(ms: number): string {
  if (ms < 1) return ms === 0 ? '0 ms' : '< 1 ms';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${trim(seconds, 2)} s`;
  if (seconds < MINUTE) return `${trim(seconds, 1)} s`;
  if (seconds < HOUR) return twoUnits(seconds, MINUTE, 'min', 1, 's');
  if (seconds < DAY) return twoUnits(seconds, HOUR, 'h', MINUTE, 'min');
  return twoUnits(seconds, DAY, 'd', HOUR, 'h');
}

function twoUnits(seconds: number, unit: number, name: string, smaller: number, smallName: string): string {
  const whole = Math.floor(seconds / unit);
  const rest = Math.floor((seconds % unit) / smaller);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smallName}`;
}

/** "3 min ago", "in 5 s", "now". */
export function formatRelative(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const size = Math.abs(seconds);
  if (size < 1) return 'now';
  const text = oneUnit(size);
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

function oneUnit(seconds: number): string {
  if (seconds < MINUTE) return `${Math.floor(seconds)} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} d`;
}

/** "2026-11-28 07:39:47.120 UTC", or the same in the zone of the computer with its offset. */
export function formatExact(at: Date, zone: Zone, isLong = true): string {
  const shown = zone === 'utc' ? at : new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  const text = shown.toISOString();
  const clock = `${text.slice(0, 10)} ${text.slice(11, isLong ? 23 : 19)}`;
  return zone === 'utc' ? `${clock} UTC` : `${clock} ${offsetOf(at)}`;
}

/** On the axis of a chart. */
export function formatClock(at: Date, zone: Zone, isDays: boolean): string {
  const text = formatExact(at, zone, false);
  return isDays ? text.slice(5, 16) : text.slice(11, 16);
}

function offsetOf(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** With separators; from 100,000 on in thousands or millions. */
export function formatCount(count: number): string {
  if (count < 100_000) return count.toLocaleString('en-US');
  return count < 999_500 ? `${trim(count / 1000, 0)} k` : `${trim(count / 1_000_000, 1)} M`;
}

/** "one app", "3 apps". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/**
 * A share with the numbers behind it: never 100 % when one is missing, and never 0 % when there is one.
 * With few samples, "7 of 9".
 */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  if (whole < FEW) return `${formatCount(part)} of ${formatCount(whole)}`;
  return formatPercent(part / whole);
}

/** @param share 0 to 1 */
export function formatPercent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  if (share > 0.999) return '> 99.9 %';
  if (share < 0.001) return '< 0.1 %';
  return `${trim(share * 100, 1)} %`;
}

/** Bytes as B, kB (1,000) or MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${trim(bytes / 1000, 1)} kB`;
  return `${trim(bytes / 1_000_000, 1)} MB`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
