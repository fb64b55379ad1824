import { plural } from '../../show/format.js';

interface Run {
  state: string;
  passed: number;
  failed: number;
  skipped: number;
  total: number;
}

/** How a run went, in one sentence. */
export function runSentence({ state, passed, failed, skipped, total }: Run): string {
  const over = passed + failed + skipped;
  if (state === 'running') return `${over} of ${plural(total, 'check')} are over.`;
  if (state === 'interrupted') return `The run was interrupted after ${over} of ${plural(total, 'check')}.`;
  if (failed > 0) return `${failed} of ${plural(total, 'check')} failed${also(skipped)}.`;
  return `All is well: ${plural(passed, 'check')} passed${also(skipped)}.`;
}

function also(skipped: number): string {
  return skipped === 0 ? '' : `, ${skipped} could not be made`;
}

const URGENCY = ['failed', 'skipped', 'passed'];

/** What a person must do comes first; the order of the checks otherwise. */
export function byUrgency<T extends { state: string }>(results: readonly T[]): T[] {
  return results.toSorted((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state));
}

/** An endpoint as the value of a choice, `capability:answer`. */
export function targetOf(value: string): { capability: string } | { subscription: string } {
  const at = value.indexOf(':');
  const name = value.slice(at + 1);
  return value.slice(0, at) === 'subscription' ? { subscription: name } : { capability: name };
}

/** What a text says about a payload: empty is the sample. */
export function readPayload(text: string): {
  payload: Record<string, unknown> | null;
  problem: string | null;
} {
  if (text.trim() === '') return { payload: null, problem: null };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { payload: value as Record<string, unknown>, problem: null };
    return { payload: null, problem: 'The payload must be a JSON object: the checks add members to it.' };
  } catch (error) {
    return { payload: null, problem: (error as Error).message };
  }
}
