import { cut, isStorable, pointerTo, readable, type Problem } from '@breakwater/platform';
import { SECRET_MAX_LENGTH, secretProblem } from '../verification/secret-problem.js';
import type { Scheme } from '../verification/scheme.js';
import { answerProblems } from './answer-rules.js';
import { dedupeProblems } from './dedupe-rules.js';
import { schemeOf, verificationProblems, type Presets } from './verification-rules.js';

export const SOURCE_NAME_PATTERN = '^[a-z][a-z0-9_-]{0,49}$';
/** Maximum number of sources of an app. */
export const SOURCES_MAX = 100;
/** Maximum number of targets of a source. */
export const TARGETS_MAX = 20;
/** Maximum number of keys and of secrets that are valid at once. */
export const LIVE_MAX = 5;
const DESCRIPTION_MAX = 500;

const NAME = new RegExp(SOURCE_NAME_PATTERN);

/** What its owner writes about a source, not yet checked. */
export interface SourceDocument {
  description?: unknown;
  verification?: unknown;
  answer?: unknown;
  dedupeId?: unknown;
}

export function isSourceName(name: string): boolean {
  return NAME.test(name);
}

export function sourceNameProblems(name: unknown): Problem[] {
  if (typeof name === 'string' && isSourceName(name)) return [];
  const shown = typeof name === 'string' ? cut(name) : String(readable(name));
  const message = `"${shown}" is no name of a source: a lower-case letter, then lower-case letters, digits, _ and -, 50 at most`;
  const bounds = { pattern: SOURCE_NAME_PATTERN };
  return [{ pointer: '/name', rule: 'source_name', message, bounds, value: shown }];
}

/**
 * All problems of a source, except for its name and its targets.
 * @param secret undefined: none is given
 */
export function sourceProblems(
  { description, verification, answer, dedupeId }: SourceDocument,
  secret: unknown,
  presets: Presets,
): Problem[] {
  const wrong = verificationProblems(verification, presets, ['verification']);
  const scheme = wrong.length > 0 ? undefined : schemeOf(verification as Record<string, unknown>, presets);
  return [
    ...(description === undefined ? [] : descriptionProblems(description)),
    ...wrong,
    ...(secret === undefined ? [] : secretProblems(secret, scheme)),
    ...(answer === undefined ? [] : answerProblems(answer, ['answer'])),
    ...(dedupeId === undefined ? [] : dedupeProblems(dedupeId, ['dedupeId'])),
  ];
}

/**
 * Problems of a secret that the owner gives. Never contains it.
 * @param scheme null: every request is accepted; undefined: the verification is not valid
 */
export function secretProblems(secret: unknown, scheme: Scheme | null | undefined): Problem[] {
  const pointer = '/secret';
  if (
    typeof secret !== 'string' ||
    secret === '' ||
    secret.length > SECRET_MAX_LENGTH ||
    !isStorable(secret)
  ) {
    const bounds = { maxLength: SECRET_MAX_LENGTH };
    return [
      { pointer, rule: 'text', message: `secret must be text, 1 to ${SECRET_MAX_LENGTH} characters`, bounds },
    ];
  }
  if (scheme === undefined) return [];
  if (scheme === null) {
    const message =
      'secret has no effect, because this source verifies nothing: choose a preset, or leave the secret out';
    return [{ pointer, rule: 'no_effect', message }];
  }
  const problem = secretProblem({ scheme }, secret);
  return problem === null ? [] : [{ pointer, rule: 'secret', message: problem }];
}

/** Problems of the list of targets, except for the targets themselves. */
export function targetListProblems(targets: unknown): Problem[] {
  const pointer = '/targets';
  const bounds = { max: TARGETS_MAX };
  if (!Array.isArray(targets)) {
    const message = 'targets must be a list of targets, each with `name` and `url`';
    return [{ pointer, rule: 'type', message, value: readable(targets) }];
  }
  if (targets.length > TARGETS_MAX) {
    const message = `targets must have at most ${TARGETS_MAX} targets, this list has ${targets.length}`;
    return [{ pointer, rule: 'count', message, bounds }];
  }
  const names = targets.map((target: unknown) => (target as { name?: unknown } | null)?.name);
  return names.flatMap((name, index) => {
    if (typeof name !== 'string' || names.indexOf(name) === index) return [];
    const message = `"${cut(name)}" is the name of another target in this list: take another name`;
    return [{ pointer: pointerTo('targets', index, 'name'), rule: 'unique', message, value: cut(name) }];
  });
}

function descriptionProblems(description: unknown): Problem[] {
  const isText =
    typeof description === 'string' &&
    description !== '' &&
    description.length <= DESCRIPTION_MAX &&
    isStorable(description);
  if (isText) return [];
  const message = `description must be text, 1 to ${DESCRIPTION_MAX} characters`;
  const bounds = { maxLength: DESCRIPTION_MAX };
  return [{ pointer: '/description', rule: 'text', message, bounds, value: readable(description) }];
}
