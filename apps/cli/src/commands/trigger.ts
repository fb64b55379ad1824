import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '@breakwater/client';
import { sliceMember } from '@breakwater/json';
import type { Command } from 'commander';
import { jsonText, wholeNumber } from '../arguments.js';
import { NotWell } from '../failures.js';
import { plainText } from '../plain-text.js';
import { Session, type Output } from '../session.service.js';
import { facts, table } from '../table.js';
import { storyLines, type DeliveryStory } from './deliveries.js';

interface Triggered {
  app?: string;
  wait: number;
}

interface Story {
  id: string;
  status: string;
  deliveries: {
    subscription: string | null;
    id: string;
    status: string;
    attempts: number;
    lastError: string | null;
  }[];
  skipped: { subscription: string; reason: string; term: string | null }[];
}

/** A delivery with one of these statuses changes no more. */
const WAITS = ['pending'];
const GOOD = ['completed', 'fallback'];
const FIRST_LOOK_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
const SAMPLE = '{"sample":true}';

/** Publishes a sample or makes a call, and waits for what becomes of it. */
export function addTriggerCommands(program: Command, output: Output): void {
  const trigger = program
    .command('trigger')
    .description('publish a sample event or call a capability, and see what becomes of it');
  withWait(trigger.command('event <type> [json]'))
    .description('publish an event; without a payload the example of its type in the catalogue')
    .option('--app <id>', 'whose event it is; an admin’s without it is the platform’s, for all apps')
    .action(async (type: string, json: string | undefined, options: Triggered, command: Command) => {
      const session = new Session(output, command);
      const payload = json === undefined ? await exampleOf(type, session) : jsonText(json, 'the payload');
      const app = options.app === undefined ? '' : `,"appId":${JSON.stringify(options.app)}`;
      const body = `{"type":${JSON.stringify(type)},"payload":${payload}${app}}`;
      const published = await session.ask({
        method: 'POST',
        path: ['events'],
        body,
        idempotencyKey: randomUUID(),
      });
      const { eventId } = JSON.parse(published) as { eventId: string };
      output.err(`published ${plainText(eventId)}`);
      const story = await until(
        session,
        ['events', eventId],
        ({ status, deliveries }: Story) =>
          status !== 'fanning_out' && deliveries.every((delivery) => !WAITS.includes(delivery.status)),
        options.wait,
      );
      await session.show({ path: ['events', eventId] }, eventLines);
      verdictOn(
        story.deliveries.map(({ status }) => status),
        options.wait,
      );
    });
  withWait(trigger.command('call <app> <capability> [json]'))
    .description('call a capability; of an async one, wait for its delivery')
    .action(
      async (
        app: string,
        capability: string,
        json: string | undefined,
        { wait }: Triggered,
        command: Command,
      ) => {
        const session = new Session(output, command);
        const payload = json === undefined ? '{}' : jsonText(json, 'the payload');
        const path = ['apps', app, 'capabilities', capability, 'invoke'];
        const answer = await session.ask({ method: 'POST', path, body: `{"payload":${payload}}` });
        const { deliveryId } = JSON.parse(answer) as { deliveryId?: string };
        if (deliveryId === undefined) return session.print(answer, facts);
        output.err(`accepted ${plainText(deliveryId)}`);
        const story = await until(
          session,
          ['deliveries', deliveryId],
          ({ status }: DeliveryStory) => !WAITS.includes(status),
          wait,
        );
        await session.show({ path: ['deliveries', deliveryId] }, storyLines);
        verdictOn([story.status], wait);
      },
    );
}

function withWait(command: Command): Command {
  return command.option('--wait <s>', 'how long to wait for the deliveries; 0: not at all', wholeNumber, 30);
}

/** The example as it was written; parsing would change a large number. */
async function exampleOf(type: string, session: Session): Promise<string> {
  try {
    const example = sliceMember(Buffer.from(await session.ask({ path: ['event-types', type] })), 'example');
    return example === null || example.toString() === 'null' ? SAMPLE : example.toString();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return SAMPLE;
    throw error;
  }
}

/** Asks until `isOver`, or until the time is over. @returns the last answer */
async function until<Answer>(
  session: Session,
  path: string[],
  isOver: (answer: Answer) => boolean,
  waitS: number,
): Promise<Answer> {
  const endsAtMs = performance.now() + waitS * 1000;
  let pauseMs = FIRST_LOOK_MS;
  for (;;) {
    const answer = JSON.parse(await session.ask({ path })) as Answer;
    if (isOver(answer) || performance.now() + pauseMs > endsAtMs) return answer;
    await delay(pauseMs);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

/** @throws NotWell when one has failed, or still waits after it was waited for */
function verdictOn(statuses: readonly string[], waitS: number): void {
  const isFine = (status: string): boolean =>
    GOOD.includes(status) || (waitS === 0 && WAITS.includes(status));
  if (!statuses.every(isFine)) throw new NotWell();
}

function eventLines({ deliveries, skipped }: Story): string[] {
  return [
    ...(deliveries.length === 0
      ? ['no subscription takes it']
      : table(deliveries, {
          subscription: 'subscription',
          delivery: 'id',
          status: 'status',
          attempts: 'attempts',
          'last error': 'lastError',
        })),
    ...(skipped.length === 0
      ? []
      : ['', ...table(skipped, { skipped: 'subscription', reason: 'reason', term: 'term' })]),
  ];
}
