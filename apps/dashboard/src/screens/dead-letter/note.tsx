import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { deadlettersNote, type DeadLetterDto } from '@breakwater/client/functions';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useScope } from '../../session/session.js';
import { Failed } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { Panel } from '../../show/panel.js';

const LENGTH_MAX = 2000;

/** What one person tells the others about a dead letter. */
export function Note({ letter }: { letter: DeadLetterDto }) {
  const { may } = useScope();
  const queries = useQueryClient();
  const { id, note, notedBy, notedAt } = letter;
  const [text, setText] = useState<string | null>(null);
  const saving = useMutation({
    mutationFn: async (next: string) => {
      await deadlettersNote({
        path: { id },
        body: { note: next === '' ? null : next },
        throwOnError: true,
      });
      await queries.invalidateQueries();
    },
    onSuccess: () => setText(null),
  });
  if (note === null && !may('resolve')) return null;
  return (
    <Panel
      title="Note"
      actions={
        may('resolve') && text === null ? (
          <Button size="xs" variant="default" onClick={() => setText(note ?? '')}>
            {note === null ? 'Add a note' : 'Change'}
          </Button>
        ) : null
      }
    >
      {text === null ? (
        note === null ? (
          <Text size="sm" className="dimmed">
            Nobody left a note.
          </Text>
        ) : (
          <Stack gap={2}>
            <Text size="sm" className="breakable" style={{ whiteSpace: 'pre-wrap' }}>
              {note}
            </Text>
            <Text size="xs" className="dimmed">
              {notedBy}, <Time at={notedAt} />
            </Text>
          </Stack>
        )
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!saving.isPending) saving.mutate(text.trim());
          }}
        >
          <Stack gap="xs">
            <Textarea
              aria-label="Note"
              description="For other people. Empty removes it."
              maxLength={LENGTH_MAX}
              autosize
              minRows={2}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            {saving.error ? <Failed error={saving.error} /> : null}
            <Group>
              <Button size="xs" type="submit" loading={saving.isPending}>
                Save
              </Button>
              <Button size="xs" variant="default" onClick={() => setText(null)}>
                Cancel
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Panel>
  );
}
