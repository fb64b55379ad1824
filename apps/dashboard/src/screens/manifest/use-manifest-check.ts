import { appsValidate } from '@breakwater/client/functions';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiError, type FieldProblem } from '../../data/api-error.js';
import { readDraft, type Draft, type Finding } from './manifest-text.js';

/** The server is asked when nothing was typed for this long, ms. */
const SETTLED_MS = 500;

export interface Checked {
  draft: Draft;
  findings: Finding[];
  /** Whether the findings are of the text as it is now. */
  isCurrent: boolean;
  isValid: boolean;
  /** The check itself failed. */
  error: unknown;
}

/** Reads a text while it is typed, and asks the server what is wrong with it. */
export function useManifestCheck(text: string): Checked {
  const draft = useMemo(() => readDraft(text), [text]);
  const [settled] = useDebouncedValue(text, SETTLED_MS);
  const check = useQuery({
    queryKey: ['manifest-check', settled],
    queryFn: async ({ signal }): Promise<CheckAnswer> => {
      const { value } = readDraft(settled);
      try {
        const { data } = await appsValidate({ body: value as never, signal, throwOnError: true });
        return { problems: [], warnings: data.warnings };
      } catch (error) {
        if (!(error instanceof ApiError) || error.problems.length === 0) throw error;
        return { problems: error.problems, warnings: [] };
      }
    },
    enabled: draft.findings.length === 0 && settled === text && text.trim() !== '',
    refetchInterval: false,
    staleTime: 60_000,
  });
  const findings = useMemo(() => {
    if (draft.findings.length > 0 || settled !== text || !check.data) return draft.findings;
    return [...place(draft, check.data.problems, false), ...place(draft, check.data.warnings, true)];
  }, [draft, settled, text, check.data]);
  const isCurrent = settled === text && (draft.findings.length > 0 || check.data !== undefined);
  const isValid = isCurrent && !findings.some(({ isWarning }) => !isWarning) && check.data !== undefined;
  return { draft, findings, isCurrent, isValid, error: check.error };
}

interface CheckAnswer {
  problems: readonly FieldProblem[];
  warnings: readonly FieldProblem[];
}

/** Problems of the server at their places in the text. */
export function place(draft: Draft, problems: readonly FieldProblem[], isWarning: boolean): Finding[] {
  return problems.map(({ pointer, message }) => ({ pointer, message, isWarning, ...draft.locate(pointer) }));
}
