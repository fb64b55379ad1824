/** What a rule would have done, made ready to be shown. Pure. */

interface Span {
  from: string;
  to: string | null;
  worstValue: number;
}

interface Subject {
  appId: string | null;
  capability: string | null;
  spans: readonly Span[];
}

export interface Firing {
  key: string;
  appId: string | null;
  capability: string | null;
  from: string;
  /** Null: it still fires. */
  lastsMs: number | null;
  worstValue: number;
}

/** Each time that it would have fired, oldest first. */
export function firingsOf(subjects: readonly Subject[]): Firing[] {
  return subjects
    .flatMap(({ appId, capability, spans }) =>
      spans.map(({ from, to, worstValue }) => ({
        key: `${appId ?? ''} ${capability ?? ''} ${from}`,
        appId,
        capability,
        from,
        lastsMs: to === null ? null : Date.parse(to) - Date.parse(from),
        worstValue,
      })),
    )
    .toSorted((a, b) => a.from.localeCompare(b.from));
}

/** The one that would have fired most often, whose values are drawn; the first where none would have. */
export function worstSubject<T extends Subject>(subjects: readonly T[]): T | null {
  const [worst = null] = subjects.toSorted((a, b) => b.spans.length - a.spans.length);
  return worst;
}
