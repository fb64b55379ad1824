import { Button, Group, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useLinks } from '../../session/use-links.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Opens a delivery by its id, which is also its webhook-id. */
export function FindById() {
  const links = useLinks();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const id = text.trim();
        if (ID.test(id)) void navigate({ to: links.delivery(id.toLowerCase()) });
        else setWrong(true);
      }}
    >
      <Group gap={4} wrap="nowrap" align="flex-start">
        <TextInput
          size="xs"
          aria-label="Id of a delivery"
          placeholder="Id or webhook-id"
          value={text}
          error={isWrong ? 'An id has 36 characters.' : null}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setWrong(false);
          }}
        />
        <Button size="xs" variant="default" type="submit">
          Open
        </Button>
      </Group>
    </form>
  );
}
