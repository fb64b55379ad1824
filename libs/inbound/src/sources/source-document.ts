import { toAnswer } from './answer-rules.js';
import type { SourceDocument } from './source-rules.js';
import type { SourceSettings, SourceView } from './source-view.js';
import type { DedupeSetting, SourceAnswer, SourceVerification } from './source.js';

/** A source as its owner writes it. */
export function documentOf({ description, verification, answer, dedupeId }: SourceView): SourceDocument {
  return {
    verification,
    ...(description === null ? {} : { description }),
    ...(dedupeId === null ? {} : { dedupeId }),
    ...(answer === null ? {} : { answer: { ...answer, contentType: answer.contentType ?? undefined } }),
  };
}

/** Absent members do not change; null removes a member. */
export function withChanges(document: SourceDocument, changes: SourceDocument): SourceDocument {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const all = Object.entries({ ...document, ...Object.fromEntries(given) });
  return Object.fromEntries(all.filter(([, value]) => value !== null));
}

/** The values of a valid source. */
export function settingsOf({ description, verification, answer, dedupeId }: SourceDocument): SourceSettings {
  return {
    description: (description as string | undefined) ?? null,
    verification: verification as SourceVerification,
    answer: answer === undefined ? null : toAnswer(answer as Partial<SourceAnswer>),
    dedupe: (dedupeId as DedupeSetting | undefined) ?? null,
  };
}
