import { cut, isStorable, nearest, pointerTo, readable, type Problem } from '@breakwater/platform';
import type { Preset } from '../presets/preset.js';
import { schemeProblems } from '../verification/scheme-problems.js';
import type { Scheme } from '../verification/scheme.js';
import { takesSecret } from '../verification/secret-problem.js';
import { NO_VERIFICATION } from './source.js';

export type Presets = ReadonlyMap<string, Preset>;

/** Longest tolerance, seconds: a day. */
const TOLERANCE_MAX = 86_400;
const OPTION_MAX = 500;

/**
 * Problems of how a source verifies: `{preset, …options}`, `{scheme, …}`, or `{preset: "none"}` for no verification.
 */
export function verificationProblems(
  verification: unknown,
  presets: Presets,
  path: readonly string[],
): Problem[] {
  const pointer = pointerTo(...path);
  if (verification === undefined) {
    const message =
      'verification must say how requests are verified and is required, for example {"preset": "github"}; {"preset": "none"} accepts every request';
    return [{ pointer, rule: 'required', message }];
  }
  if (typeof verification !== 'object' || verification === null || Array.isArray(verification)) {
    const message =
      'verification must be an object with `preset` or `scheme`, for example {"preset": "github"}';
    return [{ pointer, rule: 'type', message, value: readable(verification) }];
  }
  const { preset, scheme, ...options } = verification as Record<string, unknown>;
  if ((preset === undefined) === (scheme === undefined)) {
    const message = 'verification must have either `preset` or `scheme`, and not both';
    return [{ pointer, rule: 'one_of', message, bounds: { allowed: ['preset', 'scheme'] } }];
  }
  if (scheme !== undefined) return schemeVerificationProblems(scheme, options, path);
  if (preset === NO_VERIFICATION) return optionProblems(options, {}, null, path);
  const known = typeof preset === 'string' ? presets.get(preset) : undefined;
  if (!known) return [unknownPreset(preset, presets, [...path, 'preset'])];
  return optionProblems(options, known.setup.options ?? {}, known.scheme, path);
}

/** The scheme of a valid verification; null: every request is accepted. */
export function schemeOf(verification: Record<string, unknown>, presets: Presets): Scheme | null {
  if (verification['scheme'] !== undefined) return verification['scheme'] as Scheme;
  return presets.get(verification['preset'] as string)?.scheme ?? null;
}

/**
 * What a valid verification lacks: `secret`, and options. Some providers show them only after they were given the
 * address, so a source is created without them, and its requests are refused until they are there.
 */
export function missingParts(
  verification: Record<string, unknown>,
  hasSecret: boolean,
  presets: Presets,
): string[] {
  const scheme = schemeOf(verification, presets);
  if (scheme === null) return [];
  const options = presets.get(verification['preset'] as string)?.setup.options ?? optionsIn(scheme);
  const missing = Object.keys(options).filter((name) => verification[name] === undefined);
  return takesSecret(scheme) && !hasSecret ? ['secret', ...missing] : missing;
}

function schemeVerificationProblems(
  scheme: unknown,
  options: Record<string, unknown>,
  path: readonly string[],
): Problem[] {
  const problems = schemeProblems(scheme);
  if (problems.length > 0) {
    const start = pointerTo(...path, 'scheme');
    return problems.map((problem) => ({ ...problem, pointer: start + problem.pointer }));
  }
  return optionProblems(options, optionsIn(scheme as Scheme), scheme as Scheme, path);
}

/** Names of the options that a scheme uses. */
function optionsIn(scheme: Scheme): Record<string, string> {
  const texts = JSON.stringify(scheme);
  const inTemplates = [...texts.matchAll(/\{option:([A-Za-z0-9_]+)\}/g)].map(([, name]) => name!);
  const audience =
    scheme.kind === 'jwt' && scheme.audienceOption !== undefined ? [scheme.audienceOption] : [];
  const compared = 'expected' in scheme && scheme.expected !== undefined ? [scheme.expected.option] : [];
  return Object.fromEntries(
    [...inTemplates, ...audience, ...compared].map((name) => [name, 'a text that the scheme uses']),
  );
}

function optionProblems(
  options: Record<string, unknown>,
  wanted: Readonly<Record<string, string>>,
  scheme: Scheme | null,
  path: readonly string[],
): Problem[] {
  const { toleranceSeconds, ...rest } = options;
  const known = [...Object.keys(wanted), ...(hasTime(scheme) ? ['toleranceSeconds'] : [])];
  return [
    ...(toleranceSeconds === undefined ? [] : toleranceProblems(toleranceSeconds, scheme, path)),
    ...Object.keys(rest)
      .filter((key) => !Object.hasOwn(wanted, key))
      .map((key) => unknownOption(key, known, path)),
    ...Object.entries(wanted).flatMap(([name, what]) =>
      rest[name] === undefined ? [] : valueProblems(rest[name], name, what, path),
    ),
  ];
}

function hasTime(scheme: Scheme | null): boolean {
  if (scheme === null || scheme.kind === 'shared') return false;
  return scheme.kind === 'jwt' ? scheme.maxAgeS !== undefined : scheme.timestamp !== undefined;
}

function toleranceProblems(tolerance: unknown, scheme: Scheme | null, path: readonly string[]): Problem[] {
  const pointer = pointerTo(...path, 'toleranceSeconds');
  if (!hasTime(scheme)) {
    const message =
      'toleranceSeconds has no effect, because these requests have no signed time: leave it out';
    return [{ pointer, rule: 'no_effect', message, value: readable(tolerance) }];
  }
  const isWhole = typeof tolerance === 'number' && Number.isInteger(tolerance);
  if (isWhole && tolerance >= 1 && tolerance <= TOLERANCE_MAX) return [];
  const message = `toleranceSeconds must be a whole number from 1 to ${TOLERANCE_MAX}`;
  const bounds = { min: 1, max: TOLERANCE_MAX };
  return [{ pointer, rule: 'range', message, bounds, value: readable(tolerance) }];
}

function unknownOption(key: string, known: readonly string[], path: readonly string[]): Problem {
  const remedy = known.length === 0 ? 'it has no options' : `did you mean "${nearest(key, known)}"?`;
  return {
    pointer: pointerTo(...path, key),
    rule: 'unknown_key',
    message: `"${cut(key)}" is no option of this verification, ${remedy}`,
    bounds: { known },
  };
}

function valueProblems(value: unknown, name: string, what: string, path: readonly string[]): Problem[] {
  const pointer = pointerTo(...path, name);
  const isText = typeof value === 'string' && value !== '' && value.length <= OPTION_MAX && isStorable(value);
  if (isText) return [];
  const message = `${name} must be text, 1 to ${OPTION_MAX} characters: ${what}`;
  return [{ pointer, rule: 'text', message, bounds: { maxLength: OPTION_MAX }, value: readable(value) }];
}

function unknownPreset(preset: unknown, presets: Presets, path: readonly string[]): Problem {
  const names = [NO_VERIFICATION, ...presets.keys()];
  // "none" is never suggested: nobody turns the verification off by a typing error.
  const meant = typeof preset === 'string' ? `, did you mean "${nearest(preset, [...presets.keys()])}"?` : '';
  return {
    pointer: pointerTo(...path),
    rule: 'one_of',
    message: `preset must be a name that GET /api/v1/source-presets lists, or "${NO_VERIFICATION}"${meant}`,
    bounds: { allowed: names },
    value: readable(preset),
  };
}
