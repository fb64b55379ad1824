import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairShare, type Caller } from './fair-share.js';

/** An app with one endpoint. */
const alone = (name: string): Caller => ({ appId: `app ${name}`, endpointId: name });
/** One of several endpoints of an app. */
const of = (appId: string, n: number): Caller => ({ appId, endpointId: `${appId} ${n}` });

let now = 0;
const share = (size: number): FairShare => new FairShare(size, () => now);

function roomOf(shared: FairShare, { appId, endpointId }: Caller): number {
  const { endpoints, apps } = shared.rooms();
  const byEndpoint = endpoints.rooms[endpoints.ids.indexOf(endpointId)] ?? endpoints.others;
  return Math.min(byEndpoint, apps.rooms[apps.ids.indexOf(appId)] ?? apps.others);
}

/** Claims all that is allowed, but at most `size` in all. @returns how many that was */
function fill(shared: FairShare, caller: Caller, atMost = Infinity): number {
  let taken = 0;
  for (let room = roomOf(shared, caller); room > 0 && taken < atMost; room = roomOf(shared, caller)) {
    for (let n = 0; n < room && taken < atMost; n++) shared.took(caller, `${caller.endpointId} ${taken++}`);
  }
  return taken;
}

describe('a fair share of an endpoint', () => {
  const [a, b] = [alone('a'), alone('b')];

  it('leaves half of the free capacity to others, also while it hangs', () => {
    const shared = share(10);
    expect(['a', 'b', 'c', 'd'].map((name) => fill(shared, alone(name)))).toEqual([5, 2, 1, 1]);
    expect(roomOf(shared, alone('healthy'))).toBe(1);
  });

  it('gives all of it to an endpoint that answers at once', () => {
    const shared = share(10);
    fill(shared, a);
    shared.gaveBack(a, 'a 0');
    expect(roomOf(shared, a)).toBe(6);
  });

  it('takes that back while a call takes long, and gives it again', () => {
    const shared = share(10);
    const roomOfEndpoint = (): number => {
      const { endpoints } = shared.rooms();
      return endpoints.rooms[endpoints.ids.indexOf('a')] ?? endpoints.others;
    };
    fill(shared, a);
    shared.gaveBack(a, 'a 0');
    now += 1_000;
    expect(roomOfEndpoint()).toBe(1);
    for (const call of ['a 1', 'a 2', 'a 3']) shared.gaveBack(a, call);
    expect(roomOfEndpoint()).toBe(4);
    shared.took(a, 'quick');
    shared.gaveBack(a, 'a 4');
    shared.gaveBack(a, 'quick');
    expect(roomOfEndpoint()).toBe(10);
  });

  it('is the whole capacity for ten seconds after a quick answer, also with a hundred such endpoints', () => {
    const shared = share(10);
    for (let n = 0; n < 101; n++) {
      shared.took(alone(String(n)), 'call');
      shared.gaveBack(alone(String(n)), 'call');
    }
    expect([0, 1, 100].map((n) => roomOf(shared, alone(String(n))))).toEqual([5, 10, 10]);
    now += 10_000;
    expect(roomOf(shared, alone('100'))).toBe(5);
    expect(shared.rooms().endpoints.ids).toEqual([]);
  });

  it('is the whole capacity where only one call fits', () => {
    const shared = share(1);
    expect(roomOf(shared, a)).toBe(1);
    expect(fill(shared, a, 1)).toBe(1);
  });

  it('never lets three endpoints that hang fill a process with ten slots', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 200 }), (size) => {
        const shared = share(size);
        const taken = ['a', 'b', 'c'].reduce((sum, name) => sum + fill(shared, alone(name)), 0);
        expect(taken).toBeLessThan(size);
      }),
    );
  });

  it('ends with nothing held, in whatever order calls end', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(a, b), fc.nat(9))), (ends) => {
        const shared = share(10);
        fill(shared, a);
        fill(shared, b);
        for (const [caller, call] of ends) shared.gaveBack(caller, `${caller.endpointId} ${call}`);
        for (const caller of [a, b])
          for (let call = 0; call < 10; call++) shared.gaveBack(caller, `${caller.endpointId} ${call}`);
        now += 60_000;
        const nothing = { ids: [], rooms: [] };
        expect(shared.rooms()).toEqual({
          endpoints: { ...nothing, others: 5 },
          apps: { ...nothing, others: 8 },
        });
      }),
    );
  });
});

describe('a fair share of an app', () => {
  /** All endpoints of an app claim what they may, and hang. @returns the calls in progress by then */
  const hang = (shared: FairShare, appId: string): number =>
    Array.from({ length: 500 }, (_, n) => fill(shared, of(appId, n))).reduce((sum, taken) => sum + taken, 0);

  it.each([
    [5, 4],
    [10, 8],
    [14, 11],
    [50, 40],
    [200, 160],
  ])('of %i calls at once is %i, however many of its endpoints hang', (size, taken) => {
    const shared = share(size);
    expect(hang(shared, 'dead')).toBe(taken);
    expect(roomOf(shared, alone('healthy'))).toBeGreaterThan(0);
  });

  it('leaves one slot of ten when a second app hangs, too', () => {
    const shared = share(10);
    expect([hang(shared, 'dead'), hang(shared, 'dead too')]).toEqual([8, 1]);
    expect(roomOf(shared, alone('healthy'))).toBe(1);
  });

  it('is the whole capacity for an app that answers at once', () => {
    const shared = share(10);
    shared.took(of('quick', 0), 'first');
    shared.gaveBack(of('quick', 0), 'first');
    expect(roomOf(shared, of('quick', 0))).toBe(10);
    expect(shared.rooms().apps).toEqual({ ids: ['quick'], rooms: [10], others: 8 });
  });

  it('stays limited for a minute after a slow call, even if others answer at once', () => {
    const shared = share(10);
    const ofApp = (): number => {
      const { apps } = shared.rooms();
      return apps.rooms[apps.ids.indexOf('mixed')]!;
    };
    shared.took(of('mixed', 0), 'slow');
    now += 1_000;
    shared.gaveBack(of('mixed', 0), 'slow');
    shared.took(of('mixed', 1), 'quick');
    shared.gaveBack(of('mixed', 1), 'quick');
    expect(ofApp()).toBe(8);
    now += 59_999;
    expect(ofApp()).toBe(8);
    shared.took(of('mixed', 1), 'out');
    shared.took(of('mixed', 1), 'quick');
    shared.gaveBack(of('mixed', 1), 'quick');
    now += 1;
    expect(ofApp()).toBe(9);
  });

  type Step = { app: number; endpoint: number; does: 'takes' | 'ends'; afterMs: number };
  const steps = fc.array(
    fc.record<Step>({
      app: fc.nat(3),
      endpoint: fc.nat(20),
      does: fc.constantFrom('takes', 'takes', 'ends'),
      afterMs: fc.constantFrom(0, 1, 500, 5_000),
    }),
    { maxLength: 300 },
  );

  it('never exceeds the capacity, and always allows a call for an app with none in progress while one is free', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), steps, (size, all) => {
        const shared = share(size);
        const out: [Caller, string][] = [];
        all.forEach(({ app, endpoint, does, afterMs }, n) => {
          now += afterMs;
          const caller = of(`app ${app}`, endpoint);
          if (does === 'ends') {
            const [ended] = out.splice(n % Math.max(1, out.length), 1);
            if (ended) shared.gaveBack(...ended);
          } else if (out.length < size && roomOf(shared, caller) > 0) {
            shared.took(caller, String(n));
            out.push([caller, String(n)]);
          }
          const { endpoints, apps } = shared.rooms();
          const free = size - out.length;
          for (const room of [...endpoints.rooms, ...apps.rooms])
            expect(room).toBeLessThanOrEqual(Math.max(1, free));
          if (free > 0) expect(roomOf(shared, alone('with none in progress'))).toBeGreaterThan(0);
        });
      }),
    );
  });

  it('leaves a fifth of the capacity that others left when each call of an app hangs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.nat(),
        fc.array(fc.nat(100)),
        (size, quick, endpoints) => {
          const shared = share(size);
          const taken = quick % size;
          for (let n = 0; n < taken; n++) shared.took(of('other', n), `other ${n}`);
          let out = 0;
          for (const endpoint of endpoints) out += fill(shared, of('dead', endpoint));
          expect(out).toBeLessThanOrEqual(Math.max(1, Math.floor(((size - taken) * 4) / 5)));
        },
      ),
    );
  });
});

describe("an endpoint that was refused because of its app's share", () => {
  const refused = (n: number) => ({ ...of('dead', n), paced: false });
  const full = (): FairShare => {
    const shared = share(10);
    for (let n = 0; n < 8; n++) shared.took(of('dead', n), String(n));
    return shared;
  };

  it('is not asked again before there is capacity', () => {
    const shared = full();
    shared.refused(refused(8));
    expect(shared.askAgain('dead')).toEqual([]);
  });

  it('is asked again when there is capacity, the longest refused first, each once', () => {
    const shared = full();
    for (const n of [8, 9, 8, 10]) shared.refused(refused(n));
    now += 1_000;
    shared.gaveBack(of('dead', 0), '0');
    expect(shared.askAgain('dead')).toEqual([refused(8)]);
    expect(shared.askAgain('dead')).toEqual([]);
    shared.answered('dead'); // Nothing was waiting for it any more.
    expect(shared.askAgain('dead')).toEqual([refused(9)]);
    shared.took(of('dead', 9), '9');
    shared.answered('dead');
    expect(shared.askAgain('dead')).toEqual([]);
    shared.gaveBack(of('dead', 1), '1');
    expect(shared.askAgain('dead')).toEqual([refused(10)]);
    shared.answered('dead');
    expect(shared.askAgain('dead')).toEqual([]);
  });

  it('is asked again at once if the calls ended while it was being refused', () => {
    const shared = full();
    for (let n = 0; n < 8; n++) shared.gaveBack(of('dead', n), String(n));
    shared.refused(refused(8));
    expect(shared.askAgain('dead')).toEqual([refused(8)]);
  });

  it('is remembered, up to 1000 endpoints of an app', () => {
    const shared = full();
    for (let n = 0; n < 3_000; n++) shared.refused(refused(n));
    for (let n = 0; n < 8; n++) shared.gaveBack(of('dead', n), String(n));
    let asked = 0;
    for (let again = shared.askAgain('dead'); again.length > 0; again = shared.askAgain('dead'))
      for (const { appId } of again) {
        asked++;
        shared.answered(appId);
      }
    expect(asked).toBe(1_000);
  });
});
