import { plainText } from './plain-text.js';
import { aligned } from './table.js';

/** One broken rule in something that was sent. */
export interface ProblemEntry {
  pointer: string;
  rule: string;
  message: string;
}

/** What the API answers when it refuses (RFC 9457). */
export interface ApiProblem {
  title: string;
  detail: string;
  code: string;
  problems?: ProblemEntry[];
  /** To find it in the log; only of an error of Breakwater itself. */
  requestId?: string;
}

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

export function describeProblem({ title, detail, code, problems = [], requestId }: ApiProblem): string[] {
  return [
    `${plainText(title)}: ${plainText(detail)} (${plainText(code)})`,
    ...(requestId === undefined ? [] : [`request id: ${plainText(requestId)}`]),
    ...problemLines(problems),
  ];
}

/** The problem in an answer that is not a success, also when something between us and the API sent it. */
export function problemFrom(status: number, body: string): ApiProblem {
  try {
    const parsed = JSON.parse(body) as Partial<ApiProblem> | null;
    if (typeof parsed?.code === 'string') {
      const { title = `HTTP ${status}`, detail = '', code, problems, requestId } = parsed;
      return {
        title,
        detail,
        code,
        ...(Array.isArray(problems) ? { problems } : {}),
        ...(status >= 500 && typeof requestId === 'string' ? { requestId } : {}),
      };
    }
  } catch {
    // For example a proxy's page.
  }
  return {
    title: `HTTP ${status}`,
    detail: plainText(body).slice(0, 200) || 'no details',
    code: `HTTP_${status}`,
  };
}
