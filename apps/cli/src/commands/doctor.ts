import { ApiError } from '@breakwater/client';
import type { Command } from 'commander';
import { Failure } from '../failures.js';
import { plainText } from '../plain-text.js';
import { Session, type Output } from '../session.service.js';
import { aligned } from '../table.js';

interface Check {
  name: string;
  state: string;
  sentence: string;
  remedy: string | null;
  durationMs: number;
}

interface Report {
  ok: boolean;
  checks: Check[];
}

/** Words for eyes; never a colour alone. */
const WORDS: Record<string, string> = { ok: 'ok', warning: 'WARNING', failed: 'FAILED', skipped: 'skipped' };

/** Codes of an api that answers, but not this question. */
const NO_DATABASE = ['DATABASE_UNAVAILABLE', 'HTTP_503'];

export function addDoctorCommand(program: Command, output: Output): void {
  program
    .command('doctor')
    .description('check the whole installation; exit code 1 when a check fails')
    .action(async (_options: object, command: Command) => {
      try {
        await new Session(output, command).showVerdict(
          { method: 'POST', path: ['admin', 'doctor'] },
          reportLines,
        );
      } catch (error) {
        throw explained(error);
      }
    });
}

/** What to check when the doctor cannot be asked. */
function explained(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  if (error.status === 0)
    return new Failure(
      `${error.detail}\nCheck that the api runs (its log, GET /healthz), that --url or BREAKWATER_URL names its address, and on the api API_HOST and API_PORT.`,
      { cause: error },
    );
  if (NO_DATABASE.includes(error.code))
    return new Failure(
      `the api answers, but cannot check the key: ${error.detail}\nCheck that PostgreSQL runs and that the api's DATABASE_URL is right; GET /readyz says what is down.`,
      { cause: error },
    );
  return error;
}

function reportLines({ ok, checks }: Report): string[] {
  const lines = aligned(
    checks.map(({ name, state, sentence, durationMs }) => [
      WORDS[state] ?? plainText(state),
      plainText(name),
      `${durationMs} ms`,
      plainText(sentence),
    ]),
  );
  const remedies = checks
    .filter(({ state, remedy }) => state !== 'ok' && remedy !== null)
    .map(({ name, remedy }) => `${plainText(name)}: ${plainText(remedy)}`);
  const failed = checks.filter(({ state }) => state === 'failed').length;
  return [
    ...lines,
    ...(remedies.length > 0 ? ['', 'What to do:', ...remedies] : []),
    '',
    ok ? 'All is well.' : `${failed} of ${checks.length} checks failed.`,
  ];
}
