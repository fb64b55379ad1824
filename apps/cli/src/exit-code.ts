import { ApiError, ClientUsageError } from '@breakwater/client';
import { CommanderError } from 'commander';
import { UsageError } from './failures.js';

/** How a run ended, for scripts. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  unauthorised: 4,
  refused: 5,
} as const;

/** What each exit code means, as the page about the command line says it. */
export const EXIT_MEANINGS: readonly (readonly [code: number, name: string, meaning: string])[] = [
  [EXIT.ok, 'ok', 'It is done.'],
  [
    EXIT.failure,
    'failure',
    'A check says no (`validate`, `verify`, `doctor`), the API cannot be reached, answers too late, or has an error of its own; a limit of requests is reached.',
  ],
  [
    EXIT.usage,
    'usage',
    'The command line is wrong, a file cannot be read, or the API refuses a value that was sent.',
  ],
  [EXIT.notFound, 'not found', 'There is no such app, delivery, event and so on.'],
  [EXIT.unauthorised, 'unauthorised', 'There is no valid key, or the key is not allowed to do this.'],
  [
    EXIT.refused,
    'refused by state',
    'The request is right, but what it is about is in another state: for example a delivery that is finished cannot be cancelled.',
  ],
];

const BY_STATUS: Readonly<Record<number, number>> = {
  400: EXIT.usage,
  401: EXIT.unauthorised,
  403: EXIT.unauthorised,
  404: EXIT.notFound,
  409: EXIT.refused,
  413: EXIT.usage,
  415: EXIT.usage,
  422: EXIT.usage,
  431: EXIT.usage,
};

/** The exit code of a run that ended with an error. */
export function exitCodeOf(error: unknown): number {
  // Help and the version are also ends of a run.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError || error instanceof ClientUsageError) return EXIT.usage;
  if (error instanceof ApiError) return BY_STATUS[error.status] ?? EXIT.failure;
  return EXIT.failure;
}
