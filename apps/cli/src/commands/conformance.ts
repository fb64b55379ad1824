import { setTimeout as wait } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { Failure, NotWell } from '../failures.js';
import { jsonOf } from '../arguments.js';
import { plainText } from '../plain-text.js';
import { Session, type Output } from '../session.service.js';
import { aligned } from '../table.js';
import { bytesOf } from './file.js';

interface Result {
  id: string;
  title: string;
  state: string;
  expected: string;
  seen: string;
  matters: string;
  remedy: string | null;
}

interface Run {
  id: string;
  target: { kind: string; name: string };
  state: string;
  passed: number;
  failed: number;
  skipped: number;
  total: number;
  results: Result[];
}

interface Options {
  json?: boolean;
  capability?: string;
  subscription?: string;
  eventType?: string;
  payload?: string;
  payloadFile?: string;
  keep?: boolean;
}

/** Words for eyes; never a colour alone. */
const WORDS: Record<string, string> = { passed: 'ok', failed: 'FAILED', skipped: 'skipped' };

/** Time between two looks at the run, ms. */
const LOOK_MS = 500;
/** Looks until the run is given up: the API ends it after a minute, and shows it as interrupted after two. */
const LOOKS_MAX = 260;

export function addConformanceCommand(program: Command, output: Output): void {
  program
    .command('conformance <app>')
    .description('check how an endpoint receives, before it goes live; exit code 1 when a check fails')
    .addOption(new Option('--capability <name>', 'the endpoint of this capability').conflicts('subscription'))
    .option(
      '--subscription <name>',
      'the endpoint of this subscription; an app with one endpoint needs no name',
    )
    .option(
      '--event-type <type>',
      'without a payload: send the example of this event type, or a sample of it',
    )
    .addOption(
      new Option('--payload <json>', 'an object that the app accepts; by default a small sample').conflicts(
        'payloadFile',
      ),
    )
    .option('--payload-file <file>', 'the same, from a file')
    .option('--keep', 'keep the report: neither number nor age removes it')
    .action(async (app: string, _options: object, command: Command) => {
      const { json, payload, payloadFile, capability, subscription, eventType, keep } =
        command.optsWithGlobals<Options>();
      const session = new Session(output, command);
      const path = ['apps', app, 'conformance-runs'];
      const body = {
        capability,
        subscription,
        eventType,
        keep,
        payload: await payloadOf(payload, payloadFile),
      };
      const { id } = runOf(await session.ask({ method: 'POST', path, body }));
      const look = (): Promise<string> => session.ask({ path: [...path, id] });
      const last = await untilOver(look, json === true ? () => undefined : progress(output));
      const run = runOf(last);
      if (json === true) output.out(last);
      else for (const line of reportLines(run)) output.out(line);
      if (run.state !== 'passed') throw new NotWell();
    });
}

async function payloadOf(payload: string | undefined, file: string | undefined): Promise<unknown> {
  if (file !== undefined) return jsonOf((await bytesOf(file)).toString(), file);
  return payload === undefined ? undefined : jsonOf(payload, '--payload');
}

/** Tells of each check when it is over. */
function progress(output: Output): (run: Run) => void {
  let told = 0;
  return ({ results }) => {
    for (; told < results.length; told++) {
      const { state, title } = results[told]!;
      output.out(`${(WORDS[state] ?? plainText(state)).padEnd(7)}  ${plainText(title)}`);
    }
  };
}

async function untilOver(look: () => Promise<string>, tell: (run: Run) => void): Promise<string> {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const body = await look();
    const run = runOf(body);
    tell(run);
    if (run.state !== 'running') return body;
    await wait(LOOK_MS);
  }
  throw new Failure('the run did not end within two minutes: is the API overloaded?');
}

function reportLines({ id, target, state, passed, failed, skipped, total, results }: Run): string[] {
  const wrong = results.filter((result) => result.state === 'failed');
  const stories = wrong.flatMap(({ id: check, expected, seen, matters, remedy }) => [
    '',
    `${plainText(check)}:`,
    ...aligned([
      ['  expected', plainText(expected)],
      ['  seen', plainText(seen)],
      ['  matters', plainText(matters)],
      ['  do', plainText(remedy)],
    ]),
  ]);
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped of ${total}`;
  return [
    ...stories,
    '',
    `${plainText(target.kind)} ${plainText(target.name)}: ${plainText(state)} (${counts})`,
    `report: ${plainText(id)}`,
  ];
}

/** @throws Failure when another server answers */
function runOf(body: string): Run {
  const run = parsed(body) as Partial<Run> | null;
  if (typeof run?.id !== 'string' || !Array.isArray(run.results) || run.target === undefined)
    throw new Failure('the answer is not one of Breakwater’s: is this URL the API’s?');
  return run as Run;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
