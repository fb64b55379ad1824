import type { Answer } from '../support/http.js';

/** Values of path parameters, by name. */
export type Values = Readonly<Record<string, string>>;

const NAMES = ['id', 'appId', 'capability', 'name', 'source'];

/** An answer without the parts that belong to this one request. */
export function said({ status, json }: Answer, values: Values): { status: number; text: string } {
  const { requestId: _, ...rest } = json as Record<string, unknown>;
  const asked = NAMES.map((name) => values[name]!).filter(Boolean);
  return { status, text: asked.reduce((text, name) => text.replaceAll(name, '·'), JSON.stringify(rest)) };
}
