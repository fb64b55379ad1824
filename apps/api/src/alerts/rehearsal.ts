import type { RuleHistory } from '@breakwater/alerts';
import type { RuleRehearsalDto } from './alert-rule.dto.js';

const DAY_MS = 86_400_000;

/** @param history null: the past values of its type are not stored */
export function presentRehearsal(sentence: string, history: RuleHistory | null, now: Date): RuleRehearsalDto {
  if (history === null) {
    return {
      sentence,
      hasHistory: false,
      wouldHaveFired: null,
      summary: 'Past values of this type are not stored, so it cannot be tested against the last 24 h.',
      from: new Date(now.getTime() - DAY_MS),
      to: now,
      stepMs: 0,
      subjects: [],
      isCut: false,
    };
  }
  const { period, subjects, isCut } = history;
  const times = subjects.reduce((sum, { spans }) => sum + spans.length, 0);
  const often = times === 1 ? 'once' : `${times} times`;
  return {
    sentence,
    hasHistory: true,
    wouldHaveFired: times,
    summary:
      times === 0
        ? 'It would not have fired within the last 24 h.'
        : `It would have fired ${often} within the last 24 h.`,
    from: period.from,
    to: period.to,
    stepMs: period.stepMs,
    subjects,
    isCut,
  };
}
