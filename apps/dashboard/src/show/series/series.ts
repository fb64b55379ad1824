import { FEW, formatCount, formatDuration, formatPercent, formatShare, plural } from '../format.js';
import type { Marker, Point, Series } from '../chart/chart.js';

/** What the charts need of a step; the totals of a range have the same. */
export interface Numbers {
  total: number;
  successes: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  ends: Ends;
  statuses: Record<string, number>;
  errors: Record<string, number>;
}

export interface Ends {
  completed: number;
  fallback: number;
  failed: number;
  deadLetter: number;
}

export type Step = Numbers & { at: string };

export interface Change {
  at: string;
  kind: string;
  capability: string | null;
  version: number | null;
  from: string | null;
  to: string | null;
}

/** How deliveries end, in the order in which they are stacked: the good ones below. */
export const ENDS: readonly Series[] = [
  { id: 'completed', title: 'Completed', tone: 'ok' },
  { id: 'fallback', title: 'Fallback', tone: 'warning' },
  { id: 'failed', title: 'Failed', tone: 'danger' },
  { id: 'deadLetter', title: 'Dead letter', tone: 'neutral' },
];

export const DURATIONS: readonly Series[] = [
  { id: 'p50Ms', title: 'p50', tone: 'info' },
  { id: 'p95Ms', title: 'p95', tone: 'warning' },
  { id: 'p99Ms', title: 'p99', tone: 'danger' },
];

/** The most changes whose names fit on the axis of a chart. */
const MOST_MARKERS = 12;
const STATUS_TONES: Record<string, Series['tone']> = {
  '1xx': 'neutral',
  '2xx': 'ok',
  '3xx': 'info',
  '4xx': 'warning',
  '5xx': 'danger',
};
const ERROR_TONES: readonly Series['tone'][] = ['danger', 'warning', 'info', 'neutral', 'ok', 'accent'];

export function endsOf(steps: readonly Step[]): Point[] {
  return steps.map(({ at, ends }) => ({ at, ...ends }));
}

export function endedOf({ completed, fallback, failed, deadLetter }: Ends): number {
  return completed + fallback + failed + deadLetter;
}

export function endsSummary(ends: Ends): string {
  const ended = endedOf(ends);
  if (ended === 0) return 'No delivery ended in this time.';
  const parts = [
    ends.fallback > 0 ? `${formatCount(ends.fallback)} answered by a fallback` : '',
    ends.failed > 0 ? `${formatCount(ends.failed)} failed` : '',
    ends.deadLetter > 0 ? plural(ends.deadLetter, 'dead letter') : '',
  ].filter((part) => part !== '');
  const rest = parts.length === 0 ? '' : `; ${parts.join(', ')}`;
  return `${formatShare(ends.completed, ended)} of ${plural(ended, 'delivery', 'deliveries')} completed${rest}.`;
}

/** Those that are drawn: a line without any value would only be a word in the legend. */
export function drawnOf(series: readonly Series[], points: readonly Point[]): Series[] {
  return series.filter(({ id }) => points.some((point) => typeof point[id] === 'number'));
}

/** With few calls in a step its 99th percentile is only its slowest call: it is left out. */
export function durationsOf(steps: readonly Step[]): Point[] {
  return steps.map(({ at, total, p50Ms, p95Ms, p99Ms }) => ({
    at,
    p50Ms,
    p95Ms,
    p99Ms: total < FEW ? null : p99Ms,
  }));
}

export function durationsSummary({ total, p50Ms, p95Ms, p99Ms }: Numbers): string {
  if (p50Ms === null || p95Ms === null) return 'No call was made in this time.';
  const most = total < FEW || p99Ms === null ? '' : `, 99 at most ${formatDuration(p99Ms)}`;
  return `Of 100 calls, 50 took at most ${formatDuration(p50Ms)}, 95 at most ${formatDuration(p95Ms)}${most}; ${plural(total, 'call')}.`;
}

/** Bars of a count by name, such as the classes of status codes. The largest come first, but classes in their order. */
export function countsOf(
  steps: readonly Step[],
  totals: Numbers,
  member: 'statuses' | 'errors',
): { points: Point[]; series: Series[] } {
  const names = Object.keys(totals[member]).filter((name) => (totals[member][name] ?? 0) > 0);
  names.sort(
    member === 'statuses'
      ? (a, b) => a.localeCompare(b)
      : (a, b) => (totals.errors[b] ?? 0) - (totals.errors[a] ?? 0),
  );
  const series = names.map((name, index): Series => ({
    id: name,
    title: countTitle(name),
    tone:
      member === 'statuses'
        ? (STATUS_TONES[name] ?? 'neutral')
        : (ERROR_TONES[index % ERROR_TONES.length] ?? 'neutral'),
  }));
  const points = steps.map((step) => {
    const point: Point = { at: step.at };
    for (const name of names) point[name] = step[member][name] ?? 0;
    return point;
  });
  return { points, series };
}

export function countsSummary(counts: Record<string, number>, none: string): string {
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  const all = entries.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return none;
  return `${entries
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${countTitle(name)} ${all < FEW ? count : formatShare(count, all)}`)
    .join(', ')}; ${plural(all, 'call')}.`;
}

export function countTitle(name: string): string {
  return name === 'none' ? 'No answer' : name.replaceAll('_', ' ');
}

/** What changed, in a few words. */
export function changeTitle({ kind, capability, version, to }: Change): string {
  if (kind === 'manifest') return `Manifest ${version}`;
  return `${to === 'half_open' ? 'probe' : to}${capability === null ? '' : `: ${capability}`}`;
}

/**
 * The changes that are written on the axis: new manifests and breakers that opened, else the others would hide them.
 * One within the last step stands at its begin, where the axis ends.
 */
export function markersOf(changes: readonly Change[], steps: readonly Step[]): Marker[] {
  const last = steps.at(-1)?.at;
  if (last === undefined) return [];
  return changes
    .filter(({ kind, to }) => kind === 'manifest' || to === 'open')
    .slice(-MOST_MARKERS)
    .map((change) => ({
      at: Date.parse(change.at) > Date.parse(last) ? last : change.at,
      title: change.kind === 'manifest' ? `Manifest ${change.version}` : 'Breaker opened',
    }));
}

/** @param rate per cent; null: there was nothing */
export function formatRate(rate: number | null): string {
  return rate === null ? '–' : formatPercent(rate / 100);
}
