import { ActionIcon, Button, Divider, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { Bookmark, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { readViews, withoutView, withView, writeViews, type SavedView } from '../data/saved-views.js';
import { withSearch, type Search } from '../data/search.js';
import { Go } from './go.js';

interface Props {
  /** Name of the list that the views are of. */
  list: string;
  /** Path of the list. */
  path: string;
  /** Views that everybody has. */
  given: readonly SavedView[];
}

/** Filters that are used often, under a name. They are kept in this browser only. */
export function SavedViews({ list, path, given }: Props) {
  const search = useSearch({ strict: false }) as Search;
  const [views, setViews] = useState(() => readViews(list));
  const [name, setName] = useState('');
  const [isKept, setKept] = useState(true);
  function change(next: SavedView[]): void {
    setViews(next);
    setKept(writeViews(list, next));
  }
  const isSet = Object.keys(search).length > 0;
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<Bookmark size={14} aria-hidden />}>
          Views
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Saved views" miw={240}>
        <Stack gap={6}>
          {[...given, ...views].map((view, index) => (
            <Group key={`${index} ${view.name}`} justify="space-between" wrap="nowrap" gap="xs">
              <Go to={withSearch(path, view.search)} size="sm" className="breakable">
                {view.name}
              </Go>
              {index < given.length ? null : (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  aria-label={`Remove the view ${view.name}`}
                  onClick={() => change(withoutView(views, view.name))}
                >
                  <Trash2 size={14} />
                </ActionIcon>
              )}
            </Group>
          ))}
          <Divider />
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim() === '' || !isSet) return;
              change(withView(views, { name: name.trim(), search }));
              setName('');
            }}
          >
            <Group gap="xs" align="flex-end" wrap="nowrap">
              <TextInput
                size="xs"
                label="Save these filters as"
                maxLength={60}
                disabled={!isSet}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <Button size="xs" type="submit" disabled={!isSet || name.trim() === ''}>
                Save
              </Button>
            </Group>
          </form>
          <Text size="xs" className="dimmed">
            {isKept
              ? isSet
                ? 'Kept in this browser.'
                : 'Set a filter first.'
              : 'This browser stores nothing: they are gone when the page is closed.'}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
