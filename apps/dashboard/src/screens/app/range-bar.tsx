import { Group, SegmentedControl, TextInput } from '@mantine/core';
import { toLocalField } from '../../data/period.js';
import type { Filters } from '../../data/use-filters.js';
import { rangeOf, WINDOWS } from './range.js';

export const RANGE_NAMES = ['range', 'from', 'to'] as const;
type RangeName = (typeof RANGE_NAMES)[number];

const CUSTOM = 'custom';
const DAY_MS = 86_400_000;

/** Chooses what the charts show. The choice is in the URL. */
export function RangeBar({ filters: { values, set } }: { filters: Filters<RangeName> }) {
  const range = rangeOf(values);
  const isCustom = range.kind === 'custom';
  function choose(next: string): void {
    if (next === CUSTOM) set({ range: '', from: new Date(Date.now() - DAY_MS).toISOString(), to: '' });
    else set({ range: next, from: '', to: '' });
  }
  return (
    <Group gap="xs" align="flex-end">
      <SegmentedControl
        size="xs"
        aria-label="Range of the charts"
        value={isCustom ? CUSTOM : range.window}
        onChange={choose}
        data={[...WINDOWS.map((one) => ({ value: one, label: one })), { value: CUSTOM, label: 'Custom' }]}
      />
      {isCustom ? (
        <>
          <Moment label="From (local time)" value={range.from} onChange={(from) => set({ from })} />
          <Moment label="To (local time)" value={range.to} onChange={(to) => set({ to })} />
        </>
      ) : null}
    </Group>
  );
}

interface MomentProps {
  label: string;
  value: string | undefined;
  onChange: (at: string) => void;
}

function Moment({ label, value, onChange }: MomentProps) {
  return (
    <TextInput
      type="datetime-local"
      size="xs"
      label={label}
      value={toLocalField(value)}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === '' ? '' : new Date(currentTarget.value).toISOString())
      }
    />
  );
}
