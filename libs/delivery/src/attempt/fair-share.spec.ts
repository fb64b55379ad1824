import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairShare } from './fair-share.js';

describe('a fair share', () => {
  let now = 0;
  const share = (size: number): FairShare => new FairShare(size, () => now);
  const roomOf = (of: FairShare, endpoint: string): number => {
    const { endpointIds, rooms, others } = of.rooms();
    const place = endpointIds.indexOf(endpoint);
    return place < 0 ? others : rooms[place]!;
  };
  /** Takes all that is allowed, as a claim does. @returns how much that was */
  function fill(of: FairShare, endpoint: string): number {
    let taken = 0;
    for (let room = roomOf(of, endpoint); room > 0; room = roomOf(of, endpoint)) {
      for (let n = 0; n < room; n++) of.took(endpoint, `${endpoint} ${taken++}`);
    }
    return taken;
  }

  it('leaves half of what is free to others, whoever hangs', () => {
    const shared = share(10);
    expect(['a', 'b', 'c', 'd'].map((endpoint) => fill(shared, endpoint))).toEqual([5, 2, 1, 1]);
    expect(roomOf(shared, 'healthy')).toBe(1);
  });

  it('gives all of it to one that answers at once', () => {
    const shared = share(10);
    fill(shared, 'a');
    shared.gaveBack('a', 'a 0');
    expect(roomOf(shared, 'a')).toBe(6);
  });

  it('takes that back when a call is out for long, and gives it again', () => {
    const shared = share(10);
    fill(shared, 'a');
    shared.gaveBack('a', 'a 0');
    now += 1_000;
    expect(roomOf(shared, 'a')).toBe(1);
    for (const call of ['a 1', 'a 2', 'a 3']) shared.gaveBack('a', call);
    expect(roomOf(shared, 'a')).toBe(4);
    shared.took('a', 'quick');
    shared.gaveBack('a', 'a 4');
    shared.gaveBack('a', 'quick');
    expect(roomOf(shared, 'a')).toBe(5);
  });

  it('is all there is where there is one call at once', () => {
    const shared = share(1);
    expect(roomOf(shared, 'a')).toBe(1);
    expect(fill(shared, 'a')).toBe(1);
  });

  it('never lets endpoints that hang fill a process of ten with three of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 200 }), (size) => {
        const shared = share(size);
        const taken = ['a', 'b', 'c'].reduce((sum, endpoint) => sum + fill(shared, endpoint), 0);
        expect(taken).toBeLessThan(size);
      }),
    );
  });

  it('comes back to nothing held, whatever ends in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(9))), (ends) => {
        const shared = share(10);
        fill(shared, 'a');
        fill(shared, 'b');
        for (const [endpoint, call] of ends) shared.gaveBack(endpoint, `${endpoint} ${call}`);
        for (const endpoint of ['a', 'b'])
          for (let call = 0; call < 10; call++) shared.gaveBack(endpoint, `${endpoint} ${call}`);
        expect(shared.rooms()).toEqual({ endpointIds: [], rooms: [], others: 5 });
      }),
    );
  });
});
