import { isEventType, EVENT_TYPE_MAX_LENGTH } from '@breakwater/filter';
import { cut, pointerTo, type Problem } from '@breakwater/platform';
import { compileSchema } from './compile-schema.js';
import { documentProblems } from './document-problems.js';

/** What happens to an event whose payload does not match the schema: it is refused, or stored with warnings. */
export type SchemaMode = 'enforce' | 'warn';

/** An event type as it is put into the catalogue. */
export interface EventTypeEntry {
  name: string;
  description: string | null;
  /** Undefined: none. */
  example: unknown;
  /** JSON Schema of the payload; undefined: none. */
  schema: unknown;
  mode: SchemaMode;
}

/** All problems of an event type; its example must match its schema. */
export function eventTypeProblems({ name, example, schema }: EventTypeEntry): Problem[] {
  const problems: Problem[] = [];
  if (!isEventType(name)) {
    const message = `"${cut(name)}" is no event type: names of letters, digits, _ and - joined by dots, at most ${EVENT_TYPE_MAX_LENGTH} characters`;
    problems.push({ pointer: '/type', rule: 'event_type', message });
  }
  const badExample = example === undefined ? [] : documentProblems(example, ['example']);
  problems.push(...badExample);
  if (schema === undefined) return problems;
  const check = compileSchema(schema, ['schema']);
  if (typeof check !== 'function') return [...problems, ...check];
  if (example === undefined || badExample.length > 0) return problems;
  const mismatches = check(example).map(({ pointer, rule, message, ...rest }) => ({
    pointer: pointerTo('example') + pointer,
    rule,
    message: `the example does not match the schema: ${message}`,
    ...rest,
  }));
  return [...problems, ...mismatches];
}
