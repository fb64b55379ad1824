/** The place after one notification in a list that is newest first. */
export interface PageCursor {
  createdAt: Date;
  id: string;
}

const FORM = /^(\d{1,14})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function toCursor({ createdAt, id }: PageCursor): string {
  return `${createdAt.getTime()}_${id}`;
}

/** Null for text that toCursor never made. */
export function fromCursor(text: string): PageCursor | null {
  const [, ms, id] = FORM.exec(text) ?? [];
  return ms !== undefined && id !== undefined ? { createdAt: new Date(Number(ms)), id } : null;
}
