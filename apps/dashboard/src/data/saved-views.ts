import type { Search } from './search.js';

/** Filters of a list under a name, kept in this browser. */
export interface SavedView {
  name: string;
  search: Search;
}

/** Names that are kept, at most. */
export const VIEWS_MAX = 30;

const keyOf = (list: string): string => `breakwater-views:${list}`;

/** The saved views in what was stored; whatever is no view is left out. */
export function parseViews(text: string | null): SavedView[] {
  if (text === null) return [];
  try {
    const stored: unknown = JSON.parse(text);
    return Array.isArray(stored) ? stored.filter(isView) : [];
  } catch {
    return [];
  }
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false;
  const { name, search } = value as Partial<SavedView>;
  return (
    typeof name === 'string' &&
    typeof search === 'object' &&
    search !== null &&
    Object.values(search).every((one) => typeof one === 'string')
  );
}

/** With a view more. One of the same name is replaced. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  return [...views.filter(({ name }) => name !== view.name), view].slice(-VIEWS_MAX);
}

export function withoutView(views: readonly SavedView[], gone: string): SavedView[] {
  return views.filter(({ name }) => name !== gone);
}

export function readViews(list: string): SavedView[] {
  try {
    return parseViews(localStorage.getItem(keyOf(list)));
  } catch {
    return [];
  }
}

/** @returns whether the browser keeps them */
export function writeViews(list: string, views: readonly SavedView[]): boolean {
  try {
    localStorage.setItem(keyOf(list), JSON.stringify(views));
    return true;
  } catch {
    return false;
  }
}
