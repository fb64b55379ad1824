import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canBuildHosts, isNamedRun, ROUNDS, unlessLacking } from './available.js';
import { failover, freeze, kill, redisFailover, split, switchOver, trouble, type Place } from './faults.js';
import { HOSTS, type HostName } from './network.js';
import { Rig } from './rig.js';
import { Rounds } from './rounds.js';

/** The promised times, ms, and what a busy machine may add. */
const LIMITS = {
  /** From the moment in which the new primary takes writes until no api refuses a call any more. */
  answeringMs: isNamedRun ? 5_000 : 20_000,
  /** From its acceptance to the receiver, while the Sentinels fail over. */
  lagMs: isNamedRun ? 20_000 : 40_000,
};
const AFTERWARDS_MS = isNamedRun ? 6_000 : 3_000;
const ROUND_LIMIT_MS = 300_000;

describe.skipIf(!canBuildHosts)(`on several hosts nothing accepted is lost${unlessLacking}`, () => {
  let rig: Rig;
  let rounds: Rounds;

  beforeAll(async () => {
    rig = await Rig.start();
    rounds = await Rounds.over(rig);
  }, 300_000);
  afterAll(async () => rig?.stop());

  const options = { timeout: ROUNDS * ROUND_LIMIT_MS, retry: 0 };

  it(
    'when the host of the primary is killed: the apis answer soon after the standby takes writes',
    options,
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { broken, answeringMs } = await rounds.play(failover(rig, { afterwardsMs: AFTERWARDS_MS }));
        expect(broken).toEqual([]);
        expect(answeringMs).toBeLessThan(LIMITS.answeringMs);
      }
    },
  );

  it('when Patroni switches over: the apis answer soon after the standby takes writes', options, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { broken, answeringMs } = await rounds.play(switchOver(rig, { afterwardsMs: AFTERWARDS_MS }));
      expect(broken).toEqual([]);
      expect(answeringMs).toBeLessThan(LIMITS.answeringMs);
    }
  });

  it('when the Sentinels fail over: no delivery is late by more than a lost wake-up', options, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { broken, lagMs } = await rounds.play(redisFailover(rig, { afterwardsMs: AFTERWARDS_MS }));
      expect(broken).toEqual([]);
      expect(lagMs).toBeLessThan(LIMITS.lagMs);
    }
  });

  it.each(['Redis', 'PostgreSQL'] as const)(
    'when one worker does not reach %s, and the other one does',
    options,
    async (what) => expect((await rounds.play(split(rig, 'worker1', what))).broken).toEqual([]),
  );

  const FROZEN: Place[] = isNamedRun
    ? ['api1', 'worker1', 'primary', 'standby', 'Redis primary', 'Redis replica', 'quorum1', 'receiver']
    : ['worker2'];
  it.each(FROZEN)('when the host of %s is frozen', options, async (place) =>
    expect((await rounds.play(freeze(rig, place))).broken).toEqual([]),
  );

  const KILLED: Place[] = isNamedRun
    ? ['api1', 'worker1', 'standby', 'Redis replica', 'quorum1', 'receiver']
    : [];
  it.skipIf(KILLED.length === 0).each(KILLED)('when the host of %s is killed', options, async (place) =>
    expect((await rounds.play(kill(rig, place))).broken).toEqual([]),
  );

  const KINDS = ['both ways', 'one way', 'slow and lossy'] as const;
  const PAIRS: (readonly [Place, Place, (typeof KINDS)[number]])[] = isNamedRun
    ? pairs().map(([one, other], index) => [one, other, KINDS[index % KINDS.length]!] as const)
    : [
        ['api1', 'primary', 'one way'],
        ['api2', 'primary', 'slow and lossy'],
      ];
  it.each(PAIRS)('between %s and %s: %s', options, async (one, other, kind) =>
    expect((await rounds.play(trouble(rig, [one, other], kind))).broken).toEqual([]),
  );

  it('though breakers opened in the middle of it', options, async () => {
    const opened = await rig.rows(`SELECT 1 FROM circuit_breaker_transitions WHERE to_state = 'open'`);
    expect(opened).not.toEqual([]);
  });
});

/** Any two hosts; in odd ones the direction of a cut is the other one. */
function pairs(): [HostName, HostName][] {
  const names = HOSTS.filter((name) => name !== 'client');
  return names.flatMap((one, index) =>
    names
      .slice(index + 1)
      .map((other, place): [HostName, HostName] => (place % 2 === 0 ? [one, other] : [other, one])),
  );
}
