import { describe, expect, it } from 'vitest';
import { mergeMarkers } from './merge-markers.js';

const at = (minute: number, title = 'opened') => ({ at: new Date(minute * 60_000).toISOString(), title });
const merge = (...markers: ReturnType<typeof at>[]) => mergeMarkers(markers, 0, 100 * 60_000);

describe('markers on an axis', () => {
  it('stay as they are when they have room', () => {
    expect(merge(at(50), at(10, 'Manifest 2'))).toEqual([at(10, 'Manifest 2'), at(50)]);
  });

  it('become one when they are close together, from the first on', () => {
    expect(merge(at(50), at(51), at(53), at(58))).toEqual([{ ...at(50), title: '3 changes' }, at(58)]);
  });

  it('can be none', () => expect(merge()).toEqual([]));
});
