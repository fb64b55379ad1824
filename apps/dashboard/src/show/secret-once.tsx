import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { Copied } from './code-view.js';

/** A secret that is shown once: it is not kept in a form in which it could be shown again. */
export function SecretOnce({
  title,
  secret,
  onClose,
}: {
  title: string;
  secret: string;
  onClose: () => void;
}) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Alert color="yellow" variant="outline" title="Copy it now: it is shown once">
          <Group gap={4}>
            <span className="mono breakable">{secret}</span>
            <Copied text={secret} what="secret" />
          </Group>
        </Alert>
        <Button onClick={onClose}>I have copied it</Button>
      </Stack>
    </Modal>
  );
}
