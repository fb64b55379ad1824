import { Group, Kbd, Loader, NavLink, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { searchFindOptions } from '@breakwater/client/queries';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useState, type KeyboardEvent } from 'react';
import { useScope } from '../session/session.js';
import { useLinks } from '../session/use-links.js';
import { Failed } from '../show/answer.js';
import { Dialog } from '../show/dialog.js';
import { findingNote, findingPath } from './findings.js';
import type { Place } from './screens.js';

interface Found {
  id: string;
  title: string;
  note?: string;
  /** Keys that go there. */
  keys?: string;
  to: string;
}

/** The server is asked when nothing was typed for this time, ms. */
const PAUSE_MS = 200;
const LONGEST = 255;

/** Goes anywhere by typing: to a screen, or to what the server finds by name, id or key. */
export function Palette({ places, onClose }: { places: readonly Place[]; onClose: () => void }) {
  const { base } = useScope();
  const navigate = useNavigate();
  const listId = useId();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const { findings, isSearching, error } = useFindings(text.trim());
  const screens: Found[] = places
    .filter(({ title }) => title.toLowerCase().includes(text.trim().toLowerCase()))
    .map(({ title, path, key }) => ({ id: path, title, keys: `g ${key}`, to: `${base}${path}` }));
  const found = [...screens, ...findings];
  const chosen = found[Math.min(active, found.length - 1)];

  function go({ to }: Found): void {
    onClose();
    void navigate({ to });
  }
  function onKey(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else if (event.key === 'Enter' && chosen) go(chosen);
    else return;
    event.preventDefault();
  }
  return (
    <Dialog opened onClose={onClose} title="Search" scrollAreaComponent={ScrollArea.Autosize}>
      <Stack gap="xs">
        <TextInput
          aria-label="Search"
          placeholder="A screen, an app, an id, a key"
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={chosen ? `${listId}-${chosen.id}` : undefined}
          data-autofocus
          maxLength={LONGEST}
          value={text}
          onKeyDown={onKey}
          rightSection={isSearching ? <Loader size="xs" aria-label="Searching" /> : null}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
        />
        {error ? <Failed error={error} /> : null}
        <div id={listId} role="listbox" aria-label="Found">
          {found.map((one) => (
            <NavLink
              key={one.id}
              id={`${listId}-${one.id}`}
              component="button"
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={one === chosen}
              label={<span className="breakable">{one.title}</span>}
              description={one.note}
              rightSection={one.keys ? <Kbd size="xs">{one.keys}</Kbd> : null}
              active={one === chosen}
              onClick={() => go(one)}
            />
          ))}
        </div>
        <Group role="status">
          {found.length === 0 && !isSearching ? (
            <Text className="dimmed" size="sm">
              Nothing found. Ids are found by their first 8 digits, keys and request ids as a whole.
            </Text>
          ) : null}
        </Group>
      </Stack>
    </Dialog>
  );
}

/** What the server finds, shortly after the last letter was typed. */
function useFindings(text: string): { findings: Found[]; isSearching: boolean; error: unknown } {
  const links = useLinks();
  const [asked] = useDebouncedValue(text, PAUSE_MS);
  const search = useQuery({
    ...searchFindOptions({ query: { q: asked } }),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
    refetchInterval: false,
    meta: { isSlow: true },
  });
  const items = asked === '' || text === '' ? [] : (search.data?.items ?? []);
  return {
    findings: items.map((one) => ({
      id: `${one.kind}-${one.appId ?? ''}-${one.id}`,
      title: one.title,
      note: findingNote(one),
      to: findingPath(one, links),
    })),
    isSearching: text !== '' && (text !== asked || search.isFetching),
    error: asked === '' ? null : search.error,
  };
}
