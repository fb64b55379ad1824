export interface ReadFilter {
  /** Null: no filter. */
  value: Record<string, unknown> | null;
  problem: string | null;
}

/** The text of a filter; what the server says about its grammar comes when it is tested or saved. */
export function readFilter(text: string): ReadFilter {
  if (text.trim() === '') return { value: null, problem: null };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { value: value as Record<string, unknown>, problem: null };
    return { value: null, problem: 'A filter is a JSON object.' };
  } catch (error) {
    return { value: null, problem: `This is not JSON yet: ${(error as Error).message}` };
  }
}
