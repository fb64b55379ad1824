import { cut, nearest, type Problem } from '@breakwater/platform';
import { jsonOf } from '../directory/matchable-event.js';
import type { PayloadCheck } from './compile-schema.js';
import type { SchemaMode } from './event-type.js';

/** The event types of the catalogue by name; null: a type without a schema. */
export type EventTypeSet = ReadonlyMap<string, SchemaRule | null>;

export interface SchemaRule {
  mode: SchemaMode;
  check: PayloadCheck;
}

/** The event to check. */
export interface CheckedEvent {
  type: string;
  body: Buffer;
  /** Where the event is in its request, as a JSON pointer. */
  pointer: string;
}

/** Problems of an event: those that refuse it, and those that are stored with it. */
export interface EventCheck {
  refused: Problem[];
  warnings: Problem[];
}

/** Checks an event with the catalogue. @param isStrict whether its type must be in the catalogue */
export function checkEvent(types: EventTypeSet, event: CheckedEvent, isStrict: boolean): EventCheck {
  const { type, body, pointer } = event;
  const rule = types.get(type);
  if (rule === undefined && isStrict) {
    return { refused: [unknownType(event, [...types.keys()])], warnings: [] };
  }
  if (!rule) return { refused: [], warnings: [] };
  const problems = rule.check(jsonOf(body)).map((problem) => ({
    ...problem,
    pointer: `${pointer}/payload${problem.pointer}`,
  }));
  return rule.mode === 'enforce' ? { refused: problems, warnings: [] } : { refused: [], warnings: problems };
}

function unknownType({ type, pointer }: CheckedEvent, known: readonly string[]): Problem {
  const similar = known.length > 0 ? `, did you mean "${nearest(type, known)}"?` : '.';
  const message = `"${cut(type)}" is not in the catalogue of event types${similar} Add it: breakwater event-types put ${cut(type)} FILE`;
  return { pointer: `${pointer}/type`, rule: 'event_type', message };
}
