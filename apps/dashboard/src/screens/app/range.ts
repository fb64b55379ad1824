import type { Search } from '../../data/search.js';

export const WINDOWS = ['1h', '6h', '24h', '7d', '30d'] as const;
export type Window = (typeof WINDOWS)[number];

/** What the charts of an app show: a window until now, or a range of its own. */
export type Range = { kind: 'window'; window: Window } | { kind: 'custom'; from: string; to?: string };

const DEFAULT: Window = '24h';

/** The range in the URL of the screen; what is no range there is the default one. */
export function rangeOf({ range, from, to }: Search): Range {
  if (isMoment(from)) {
    return isMoment(to) && Date.parse(to) >= Date.parse(from)
      ? { kind: 'custom', from, to }
      : { kind: 'custom', from };
  }
  const known = WINDOWS.find((one) => one === range);
  return { kind: 'window', window: known ?? DEFAULT };
}

/** The range as the API asks for it. */
export function rangeQuery(range: Range): { window?: Window; from?: string; to?: string } {
  if (range.kind === 'window') return { window: range.window };
  return range.to === undefined ? { from: range.from } : { from: range.from, to: range.to };
}

function isMoment(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text));
}
