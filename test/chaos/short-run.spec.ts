import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { backends, type Backend } from '../support/platform.js';
import { Rig } from './rig.js';
import * as accepting from './scenarios/accepting.js';
import * as breakers from './scenarios/breakers.js';
import * as deliveries from './scenarios/deliveries.js';
import * as guard from './scenarios/guard.js';
import * as lifecycle from './scenarios/lifecycle.js';

type Scenario = [title: string, play: (rig: Rig) => Promise<void>];

/** Scenarios that mostly wait for the sweeper run in parallel. */
const together =
  (...plays: ((rig: Rig) => Promise<void>)[]) =>
  async (rig: Rig): Promise<void> =>
    void (await Promise.all(plays.map((play) => play(rig))));

/** Every promise is checked after every scenario: see invariants.ts and docs/reference/guarantees.md. */
function stories(
  title: string,
  scenarios: Scenario[],
  {
    judged = {},
    backend = 'Redis',
  }: { judged?: { mails?: boolean; probes?: boolean }; backend?: Backend } = {},
): void {
  describe.skipIf(!backends().includes(backend)).each([title])('%s', () => {
    let rig: Rig;
    beforeAll(async () => {
      rig = await Rig.start({ backend });
    });
    afterEach(async () => {
      await rig?.noWorkers();
      await rig?.reviveApis();
    });
    afterAll(async () => rig?.stop());

    it.each(scenarios)('%s', { timeout: 120_000, retry: 0 }, async (_, play) => {
      await play(rig);
      await expect(rig.verify(judged)).resolves.toBeUndefined();
    });
  });
}

stories('nothing accepted is lost when a worker', [
  ['is killed with a wake-up that replaces a lost one', deliveries.workerKilledWithARepeatedWakeUp],
  ['is killed after its claim', deliveries.workerKilledAfterClaim],
  ['is killed after bytes were sent', deliveries.workerKilledAfterBytesLeft],
  ['is killed after a 2xx, before the commit', deliveries.workerKilledAfter2xxBeforeCommit],
  ['is killed after the commit, before the next wake-up', deliveries.workerKilledAfterCommit],
  ['is killed three times on one delivery', (rig) => deliveries.workersKilledOnOneDelivery(rig, 3)],
  ['is killed each time: claims are bounded, the delivery is poison', deliveries.poison],
  [
    'is killed in the middle of rolling up metrics: each call is in them once',
    deliveries.workerKilledDuringARollUp,
  ],
  [
    'stalls for longer than its lease: the late result changes nothing',
    deliveries.workerStoppedLongerThanItsLease,
  ],
  ['blocks its event loop for longer than its lease', deliveries.eventLoopBlockedLongerThanALease],
  ['gets the same job many times at once: one call leaves', deliveries.sameJobTwiceAtOnce],
  ['has a clock that is ten minutes fast', (rig) => deliveries.clockWrongBy(rig, 600_000)],
  ['has a clock that is ten minutes slow', (rig) => deliveries.clockWrongBy(rig, -600_000)],
]);

stories('nothing accepted is lost when', [
  ['an api is killed before the commit', accepting.apiKilledBeforeCommit],
  ['an api is killed in its commit: there is one delivery or none', accepting.apiKilledInItsCommit],
  [
    'an api is killed between commit and enqueue, or after its 202s, or a worker before its claim',
    together(
      accepting.apiKilledBetweenCommitAndEnqueue,
      accepting.apiKilledAfterThe202,
      accepting.apiKilledRightAfterEach202,
      deliveries.workerKilledBeforeClaim,
    ),
  ],
  [
    'one Idempotency-Key comes 20 times at once, over two apis: one delivery',
    accepting.idempotencyKeyUnder20ParallelRequests,
  ],
  [
    'Redis is flushed with 200 retries in backoff: delivered by due + 30 s',
    accepting.redisFlushedWith200RetriesInBackoff,
  ],
  ['Redis is killed while accepting: delivered 30 s after it is back', accepting.redisKilledWhileAccepting],
  [
    'PostgreSQL crashes for 3 s under load: refusals with Retry-After, ready again within 5 s',
    accepting.postgresStoppedFor3sUnderLoad,
  ],
  ['connections are cut again and again under load', accepting.connectionsCutUnderLoad],
]);

stories(
  'a circuit breaker over all processes',
  [
    [
      'half-open, asked by 4 processes × 40 calls: one probe at a time, one mail per change',
      breakers.fourProcessesOnAHalfOpenBreaker,
    ],
    [
      'half-open, its prober killed before or during its call: another probes',
      together(breakers.proberKilledBeforeItsCall, breakers.proberKilledDuringItsCall),
    ],
  ],
  { judged: { mails: true, probes: true } },
);

stories('in everyday operation', [
  [
    'SIGTERM of each role under load ends it with 0 and uses up no attempt',
    lifecycle.sigtermOfEachRoleUnderLoad,
  ],
  ['a rolling restart across a migration disturbs no client', lifecycle.rollingRestartAcrossAMigration],
  [
    '1000 retries due at one moment are sent within the concurrency of their endpoint',
    lifecycle.thousandDueWhenAnEndpointComesBack,
  ],
  ['a mail server that hangs delays no delivery', lifecycle.smtpHangs],
  ['an address inside the network gets no connection', guard.nothingInternalIsReached],
]);

stories(
  'with the queue in PostgreSQL nothing accepted is lost when a worker',
  [
    ['is killed after a 2xx, before the commit', deliveries.workerKilledAfter2xxBeforeCommit],
    ['gets the same job many times at once: one call leaves', deliveries.sameJobTwiceAtOnce],
    ['has a clock that is ten minutes fast', (rig) => deliveries.clockWrongBy(rig, 600_000)],
    ['has a clock that is ten minutes slow', (rig) => deliveries.clockWrongBy(rig, -600_000)],
    ['is killed with a wake-up that replaces a lost one', deliveries.workerKilledWithARepeatedWakeUp],
  ],
  { backend: 'PostgreSQL' },
);
