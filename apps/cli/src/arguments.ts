import { InvalidArgumentError } from 'commander';
import { UsageError } from './failures.js';

/** JSON as it was typed: parsing and printing would change 1.0 or a large number. @throws UsageError */
export function jsonText(json: string, what: string): string {
  jsonOf(json, what);
  return json;
}

/** The value of a JSON text. @throws UsageError */
export function jsonOf(json: string, what: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    throw new UsageError(`${what} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** The value of an option that is a whole number. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
