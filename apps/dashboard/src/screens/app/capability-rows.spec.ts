import type { CapabilityDto, CapabilityNumbersDto } from '@breakwater/client';
import { expect, it } from 'vitest';
import { capabilityRows } from './capability-rows.js';

const endpoint = (capability: string) => ({ capability }) as CapabilityDto;
const calls = (capability: string, total: number) => ({ capability, total }) as CapabilityNumbersDto;

it('every capability has a row: most calls first, with those that were not called and those that are gone', () => {
  const rows = capabilityRows(
    [endpoint('b'), endpoint('a'), endpoint('price'), endpoint('endpoint:0190')],
    [calls('old', 2), calls('price', 7), calls('endpoint:0190', 9)],
  );
  expect(rows.map((row) => [row.capability, row.numbers?.total ?? 0, row.endpoint !== null])).toEqual([
    ['price', 7, true],
    ['old', 2, false],
    ['a', 0, true],
    ['b', 0, true],
  ]);
});
