import { Button, Group, Stack } from '@mantine/core';
import { CodeView } from './code-view.js';
import { Dialog } from './dialog.js';
import { Notice } from './notice.js';

interface Props {
  title: string;
  secret: string;
  /** What it is, for the button that copies it. */
  what?: string;
  onClose: () => void;
}

/** A secret that is shown once: it is not kept in a form in which it could be shown again. */
export function SecretOnce({ title, secret, what = 'secret', onClose }: Props) {
  return (
    <Dialog opened onClose={onClose} title={title} size="lg" closeOnClickOutside={false}>
      <Stack gap="sm">
        <Notice tone="warning" title="Copy it now: it is shown once" />
        <CodeView what={what} text={secret} />
        <Group justify="flex-end">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
