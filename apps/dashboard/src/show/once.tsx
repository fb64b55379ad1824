import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { CodeView } from './code-view.js';

interface Props {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** What it is, for the button that copies it: "API key". */
  what: string;
  text: string;
}

/** A secret that is shown this one time. A click beside it does not close it. */
export function ShownOnce({ isOpen, onClose, title, what, text }: Props) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      withCloseButton={false}
      size="lg"
    >
      <Stack gap="sm">
        <Alert
          variant="outline"
          color="yellow"
          icon={<TriangleAlert aria-hidden />}
          title={`Copy this ${what} now: it is not shown again.`}
        />
        <CodeView what={what} text={text} />
        <Group justify="flex-end">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
