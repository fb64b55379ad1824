import { expect, it } from 'vitest';
import { Pace } from './pace.js';

it('a pace starts a limited number per beat, the newest first, and rests when nothing waits', () => {
  const beats: (() => void)[] = [];
  const pace = new Pace(2, (beat) => beats.push(beat));
  const started: number[] = [];
  for (const n of [1, 2, 3, 4, 5]) pace.run(() => started.push(n));
  expect(started).toEqual([1, 2]);
  beats.shift()!();
  expect(started).toEqual([1, 2, 5, 4]);
  pace.run(() => started.push(6));
  beats.shift()!();
  expect(started).toEqual([1, 2, 5, 4, 6, 3]);
  beats.shift()!();
  expect(beats).toEqual([]);
});
