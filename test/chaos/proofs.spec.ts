import { describe, expect, it } from 'vitest';
import { backends } from '../support/platform.js';
import { Rig, type Break } from './rig.js';
import * as accepting from './scenarios/accepting.js';
import * as breakers from './scenarios/breakers.js';
import * as deliveries from './scenarios/deliveries.js';
import * as guard from './scenarios/guard.js';

/** Plays a scenario and checks the promises, like the short run. @throws Error with everything that either found */
async function judge(rig: Rig, play: (rig: Rig) => Promise<void>, probes: boolean): Promise<void> {
  const results = await Promise.allSettled([play(rig)]);
  results.push(...(await Promise.allSettled([rig.verify({ probes })])));
  const found = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  if (found.length > 0) throw new Error(found.join('\n'));
}

interface Proof {
  title: string;
  broken: Break;
  play: (rig: Rig) => Promise<void>;
  /** What has to be found, all of it. */
  names: RegExp[];
  probes?: boolean;
  patienceMs?: number;
}

/** The late result is stored in place of the next attempt: it says something else, or took longer than possible. */
const STOLEN_CLAIM =
  /^2: attempt \S+ 2 is .* the receiver answered 200$|^3: \S+ began attempt 3 \d+ ms before 2/m;

const proofs: Proof[] = [
  {
    title: 'that a 202 comes after the commit',
    broken: 'ack_before_commit',
    play: accepting.apiKilledRightAfterEach202,
    names: [/1: \S+ was accepted and is gone/],
  },
  {
    title: 'that a late result is fenced',
    broken: 'no_fencing',
    play: deliveries.workerStoppedLongerThanItsLease,
    names: [/AssertionError/, STOLEN_CLAIM],
  },
  {
    title: 'that one probe is sent at a time',
    broken: 'naive_breaker',
    play: breakers.fourProcessesOnAHalfOpenBreaker,
    names: [/6: .*: two probes at a time/],
    probes: true,
  },
  {
    title: 'that no internal address is reached',
    broken: 'guard_off',
    play: guard.nothingInternalIsReached,
    names: [/connections to a canary inside the network: expected [1-9]\d* to be \+?0/],
  },
  {
    title: 'that the claims of a dead worker are repaired',
    broken: 'no_sweeper',
    play: deliveries.workerKilledAfterClaim,
    names: [/1: \S+ has not ended, it is pending/],
    patienceMs: 6_000,
  },
];

/** A disabled mechanism must be detected: a proof that cannot fail proves nothing. */
describe.skipIf(!backends().includes('Redis'))('a proof fails without what it proves', () => {
  it.each(proofs)(
    '$title ($broken)',
    { timeout: 120_000, retry: 0 },
    async ({ broken, play, names, probes = false, patienceMs }) => {
      const rig = await Rig.start({
        broken: [broken],
        ...(patienceMs === undefined ? {} : { patienceMs }),
      });
      try {
        const found = await judge(rig, play, probes).then(
          () => 'nothing was found',
          (error: Error) => error.message,
        );
        for (const name of names) expect(found).toMatch(name);
      } finally {
        await rig.stop();
      }
    },
  );
});
