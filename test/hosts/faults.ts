import { eventually } from '@breakwater/testing/eventually.js';
import { CUT, type HostName, type Trouble } from './network.js';
import { passed, type Fault } from './rounds.js';
import { otherOf, POSTGRESES, QUORUM, REDISES, type Postgres, type RedisHost, type Rig } from './rig.js';

/** A name, or the host that has the part when the fault begins. */
export type Place = HostName | 'primary' | 'standby' | 'Redis primary' | 'Redis replica';

/** Between continents, over a bad line. */
export const BAD_LINE: Trouble = { delayMs: 100, loss: 0.05 };
const FAILOVER_LIMIT_MS = 120_000;

export async function hostAt(rig: Rig, place: Place): Promise<HostName> {
  const postgres = (): Promise<Postgres> => eventually(() => rig.primary(), { what: 'a primary' });
  const redis = (): Promise<RedisHost> => eventually(() => rig.redisPrimary(), { what: 'a Redis primary' });
  if (place === 'primary') return postgres();
  if (place === 'standby') return otherOf(POSTGRESES, await postgres());
  if (place === 'Redis primary') return redis();
  if (place === 'Redis replica') return otherOf(REDISES, await redis());
  return place;
}

/** The host loses its power, and boots later. */
export function kill(rig: Rig, place: Place): Fault {
  let name: HostName;
  return {
    title: `the host of ${place} is killed`,
    begin: async () => {
      name = await hostAt(rig, place);
      rig.host(name).kill();
    },
    end: () => rig.host(name).boot(),
  };
}

/** The host stands still. */
export function freeze(rig: Rig, place: Place): Fault {
  let name: HostName;
  return {
    title: `the host of ${place} is frozen`,
    begin: async () => {
      name = await hostAt(rig, place);
      rig.host(name).freeze();
    },
    end: () => rig.host(name).thaw(),
  };
}

/** Packets between two hosts are lost, in one direction or both, or are late and sometimes lost. */
export function trouble(
  rig: Rig,
  [from, to]: readonly [Place, Place],
  kind: 'both ways' | 'one way' | 'slow and lossy',
): Fault {
  return {
    title: `between ${from} and ${to}: ${kind === 'slow and lossy' ? kind : `cut ${kind}`}`,
    begin: async () => {
      const [one, other] = [await hostAt(rig, from), await hostAt(rig, to)];
      if (kind === 'one way') await rig.network.trouble(one, other, CUT);
      else await rig.network.troubleBoth(one, other, kind === 'both ways' ? CUT : BAD_LINE);
    },
    end: () => rig.network.heal(),
  };
}

/** A host reaches none of these. */
export function split(rig: Rig, from: HostName, what: 'Redis' | 'PostgreSQL'): Fault {
  const others = what === 'Redis' ? [...REDISES, ...QUORUM] : POSTGRESES;
  const rest = what === 'Redis' ? 'PostgreSQL' : 'Redis';
  return {
    title: `${from} does not reach ${what}, and reaches ${rest}`,
    begin: async () => {
      for (const other of others) await rig.network.troubleBoth(from, other, CUT);
    },
    end: () => rig.network.heal(),
  };
}

/** The primary's host is lost, and Patroni promotes the standby. */
export function failover(rig: Rig, { afterwardsMs }: { afterwardsMs: number }): Fault {
  let lost: Postgres;
  const fault: Fault = {
    ...kill(rig, 'primary'),
    title: 'Patroni fails over',
    begin: async () => {
      lost = await eventually(() => rig.primary(), { what: 'a primary' });
      rig.host(lost).kill();
    },
    during: async () => {
      await untilWrites(rig, otherOf(POSTGRESES, lost), fault);
      await passed(afterwardsMs);
    },
    end: () => rig.host(lost).boot(),
  };
  return fault;
}

/** Patroni is asked to change places. */
export function switchOver(rig: Rig, { afterwardsMs }: { afterwardsMs: number }): Fault {
  const fault: Fault = {
    title: 'Patroni switches over',
    begin: () => undefined,
    during: async () => {
      const leader = await eventually(() => rig.primary(), { what: 'a primary' });
      await Promise.all([rig.switchOver(), untilWrites(rig, otherOf(POSTGRESES, leader), fault)]);
      await passed(afterwardsMs);
    },
    end: () => undefined,
  };
  return fault;
}

/**
 * The host of the Redis primary is lost, and the Sentinels promote the replica. It boots when the others have settled:
 * until then it would be a primary again, without its data, for everyone who still tries its address.
 */
export function redisFailover(rig: Rig, { afterwardsMs }: { afterwardsMs: number }): Fault {
  let lost: RedisHost;
  return {
    title: 'the Sentinels fail over',
    begin: async () => {
      lost = await eventually(() => rig.redisPrimary(), { what: 'a Redis primary' });
      rig.host(lost).kill();
    },
    during: async () => {
      const isPromoted = async (): Promise<boolean> => (await rig.redisPrimary()) === otherOf(REDISES, lost);
      await eventually(isPromoted, { limitMs: FAILOVER_LIMIT_MS, everyMs: 100, what: 'a new Redis primary' });
      await passed(afterwardsMs);
    },
    end: () => rig.host(lost).boot(),
  };
}

async function untilWrites(rig: Rig, name: Postgres, fault: Fault): Promise<void> {
  await eventually(() => rig.takesWrites(name), {
    limitMs: FAILOVER_LIMIT_MS,
    everyMs: 50,
    what: `${name} takes writes`,
  });
  fault.writesAtMs = performance.now();
}
