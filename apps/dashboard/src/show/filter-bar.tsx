import { Button, Collapse, Group, NativeSelect, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { FilterX, SlidersHorizontal } from 'lucide-react';
import { useEffect, useId, useState, type ReactNode } from 'react';
import { RANGES, toLocalField } from '../data/period.js';
import type { Filters } from '../data/use-filters.js';

/** A filter of a list. Without options it is a text. */
export interface FilterField<Name extends string> {
  name: Name;
  label: string;
  options?: readonly { value: string; label: string }[];
  placeholder?: string;
  /** What is shown when it is not set; by default "All". */
  unset?: string;
  /** Shown only after "More filters", unless it is set. */
  isRare?: boolean;
}

interface Props<Name extends string> {
  filters: Filters<Name>;
  fields: readonly FilterField<Name>[];
  /** Whether `range`, `from` and `to` are among the filters. */
  hasPeriod?: boolean;
  /** Beside the buttons. */
  children?: ReactNode;
}

/** The filters of a list. Each change is in the URL at once; the key `/` goes to the first. */
export function FilterBar<Name extends string>({ filters, fields, hasPeriod, children }: Props<Name>) {
  const rare = fields.filter(({ isRare }) => isRare);
  const isRareSet = rare.some(({ name }) => filters.values[name] !== undefined);
  const [isOpen, { toggle }] = useDisclosure(isRareSet);
  const id = useId();
  return (
    <form role="search" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Group gap="xs" align="flex-end">
        {fields
          .filter(({ isRare }) => !isRare)
          .map((field, index) => (
            <Field key={field.name} field={field} filters={filters} isFirst={index === 0} />
          ))}
        {hasPeriod ? <PeriodField filters={filters as unknown as Filters<PeriodName>} /> : null}
        {rare.length > 0 ? (
          <Button
            variant="default"
            size="xs"
            leftSection={<SlidersHorizontal size={14} aria-hidden />}
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={toggle}
          >
            {isOpen ? 'Fewer filters' : 'More filters'}
          </Button>
        ) : null}
        {filters.isActive ? (
          <Button
            variant="subtle"
            size="xs"
            leftSection={<FilterX size={14} aria-hidden />}
            onClick={filters.clear}
          >
            Clear
          </Button>
        ) : null}
        {children}
      </Group>
      {rare.length > 0 ? (
        <Collapse expanded={isOpen} id={id}>
          <Group gap="xs" align="flex-end" mt="xs">
            {rare.map((field) => (
              <Field key={field.name} field={field} filters={filters} isFirst={false} />
            ))}
          </Group>
        </Collapse>
      ) : null}
    </form>
  );
}

const WIDTH = { flex: '1 1 130px', maxWidth: 210 };

function Field<Name extends string>({
  field: { name, label, options, placeholder, unset = 'All' },
  filters,
  isFirst,
}: {
  field: FilterField<Name>;
  filters: Filters<Name>;
  isFirst: boolean;
}) {
  const value = filters.values[name] ?? '';
  const set = (next: string): void => filters.set({ [name]: next } as Partial<Record<Name, string>>);
  const marks: Record<string, boolean> = isFirst ? { 'data-filter': true } : {};
  if (options) {
    return (
      <NativeSelect
        {...marks}
        size="xs"
        label={label}
        style={WIDTH}
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
        data={[{ value: '', label: unset }, ...options]}
      />
    );
  }
  return <TextField marks={marks} label={label} placeholder={placeholder} value={value} onChange={set} />;
}

interface TextProps {
  label: string;
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
  marks: Record<string, boolean>;
}

/** A text takes effect when the field is left, or by Enter: not with each letter. */
function TextField({ label, placeholder, value, onChange, marks }: TextProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const commit = (): void => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <TextInput
      {...marks}
      size="xs"
      label={label}
      placeholder={placeholder}
      style={WIDTH}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setText(value);
      }}
    />
  );
}

type PeriodName = 'range' | 'from' | 'to';
const CUSTOM = 'custom';

function PeriodField({ filters: { values, set } }: { filters: Filters<PeriodName> }) {
  const isCustom = values.from !== undefined || values.to !== undefined || values.range === CUSTOM;
  const moment = (name: 'from' | 'to', label: string): ReactNode => (
    <TextInput
      size="xs"
      type="datetime-local"
      label={label}
      value={toLocalField(values[name])}
      onChange={({ currentTarget: { value } }) =>
        set({ [name]: value === '' ? '' : new Date(value).toISOString() })
      }
    />
  );
  return (
    <>
      <NativeSelect
        size="xs"
        label="Time"
        style={WIDTH}
        value={isCustom ? CUSTOM : (values.range ?? '')}
        onChange={({ currentTarget: { value } }) => set({ range: value, from: '', to: '' })}
        data={[
          { value: '', label: 'Any time' },
          ...RANGES.map(({ name, title }) => ({ value: name, label: title })),
          { value: CUSTOM, label: 'From … to …' },
        ]}
      />
      {isCustom ? (
        <>
          {moment('from', 'From (local time)')}
          {moment('to', 'To (local time)')}
        </>
      ) : null}
    </>
  );
}
