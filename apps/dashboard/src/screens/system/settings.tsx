import { Code, Text, TextInput } from '@mantine/core';
import { systemGetOptions } from '@breakwater/client/queries';
import type { ShownSettingDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { useFilters } from '../../data/use-filters.js';
import { Answer } from '../../show/answer.js';
import { plural } from '../../show/format.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { matchingSettings } from './matching-settings.js';

const COLUMNS: readonly Column<ShownSettingDto>[] = [
  { id: 'name', title: 'Name', cell: ({ name }) => <span className="mono setting-name">{name}</span> },
  {
    id: 'value',
    title: 'Value',
    cell: ({ value }) =>
      value === null ? (
        <span className="dimmed">not set</span>
      ) : (
        <Code className="breakable">{value === '' ? '(empty)' : value}</Code>
      ),
  },
  { id: 'section', title: 'Section', cell: ({ section }) => section },
  { id: 'about', title: 'About', cell: ({ about }) => <Text size="sm">{about}</Text> },
];

/** The settings of the process that answered. Secrets are masked by the server. */
export function Settings() {
  const system = useQuery({ ...systemGetOptions(), meta: { isSlow: true } });
  const filters = useFilters(['setting']);
  const text = filters.values.setting ?? '';
  return (
    <Panel title="Settings of this process, as environment variables">
      <TextInput
        data-filter
        size="xs"
        maw={320}
        mb="sm"
        label="Filter"
        placeholder="Part of a name, a value or a description"
        value={text}
        onChange={(event) => filters.set({ setting: event.currentTarget.value })}
      />
      <Answer
        query={system}
        what="settings"
        isEmpty={({ settings }) => matchingSettings(settings, text).length === 0}
        isFiltered={text !== ''}
        onClearFilters={filters.clear}
        height={400}
      >
        {({ settings }) => {
          const shown = matchingSettings(settings, text);
          return (
            <>
              <Rows label="Settings, by section" rows={shown} columns={COLUMNS} idOf={({ name }) => name} />
              <Text size="sm" className="dimmed" mt="sm">
                {`${shown.length} of ${plural(settings.length, 'setting')}, by section. They are changed in the environment, and take effect at the next start.`}
              </Text>
            </>
          );
        }}
      </Answer>
    </Panel>
  );
}
