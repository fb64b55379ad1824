/** What a worker says of a test call. */
export type News =
  | { id: string; kind: 'taken'; worker: string }
  | { id: string; kind: 'ended'; worker: string; outcome: string; error: string | null; durationMs: number };

/** Hints about test calls. */
export const TEST_CALL_CHANNEL = 'test_call';

/** Characters of an error that a hint carries: PostgreSQL takes 8,000 bytes. */
const ERROR_MAX = 500;

export function textOf(news: News): string {
  return JSON.stringify(
    news.kind === 'ended' ? { ...news, error: news.error?.slice(0, ERROR_MAX) ?? null } : news,
  );
}

/** The news in a hint; null for what is none: another version may send something else. */
export function newsOf(payload: string | null): News | null {
  if (payload === null) return null;
  try {
    const news = JSON.parse(payload) as Partial<News> | null;
    const isNews =
      typeof news?.id === 'string' &&
      typeof news.worker === 'string' &&
      (news.kind === 'taken' || (news.kind === 'ended' && typeof news.outcome === 'string'));
    return isNews ? (news as News) : null;
  } catch {
    return null;
  }
}
