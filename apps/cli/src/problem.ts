import type { ApiError, FieldProblem } from '@breakwater/client';
import { plainText } from './plain-text.js';
import { aligned } from './table.js';

export type ProblemEntry = FieldProblem;

/** `pointer  rule  message`, one line each. The whole document has the pointer `""`. */
export function problemLines(problems: readonly ProblemEntry[]): string[] {
  return aligned(
    problems.map(({ pointer, rule, message }) => [
      plainText(pointer) || '""',
      plainText(rule),
      plainText(message),
    ]),
  );
}

/** The request id is told where the log is the next place to look. */
export function describeProblem({
  title,
  detail,
  code,
  problems,
  requestId,
  status,
}: Pick<ApiError, 'title' | 'detail' | 'code' | 'problems' | 'requestId' | 'status'>): string[] {
  return [
    `${plainText(title)}: ${plainText(detail)} (${plainText(code)})`,
    ...(requestId === null || status < 500 ? [] : [`request id: ${plainText(requestId)}`]),
    ...problemLines(problems),
  ];
}
