import { Kbd, Modal, NavLink, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type KeyboardEvent } from 'react';
import { useScope } from '../session/session.js';
import type { Place } from './screens.js';

interface Found {
  id: string;
  title: string;
  note?: string;
  to: string;
}

/** Goes anywhere by typing. */
export function Palette({ places, onClose }: { places: readonly Place[]; onClose: () => void }) {
  const { base } = useScope();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const found: Found[] = places
    .filter(({ title }) => title.toLowerCase().includes(text.trim().toLowerCase()))
    .map(({ title, path, key }) => ({ id: path, title, note: `g ${key}`, to: `${base}${path}` }));

  function go({ to }: Found): void {
    onClose();
    void navigate({ to });
  }
  function onKey(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else if (event.key === 'Enter' && found[active]) go(found[active]);
    else return;
    event.preventDefault();
  }
  return (
    <Modal opened onClose={onClose} title="Search" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="xs">
        <TextInput
          aria-label="Search"
          placeholder="A screen, an app, an id"
          data-autofocus
          value={text}
          onKeyDown={onKey}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
        />
        {found.map((one, index) => (
          <NavLink
            key={one.id}
            component="button"
            label={one.title}
            rightSection={one.note ? <Kbd size="xs">{one.note}</Kbd> : null}
            active={index === active}
            onClick={() => go(one)}
          />
        ))}
        {found.length === 0 ? <Text className="dimmed">Nothing found</Text> : null}
      </Stack>
    </Modal>
  );
}
