import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Failed } from './answer.js';
import { Dialog } from './dialog.js';

export interface ActProps<Result> {
  isOpen: boolean;
  onClose: () => void;
  /** A question that names the object and the count: "Redeliver 12 dead letters of shop?". */
  title: string;
  /** What will happen, and whether it can be undone. */
  effect: ReactNode;
  /** The word on the button: "Redeliver". */
  verb: string;
  isDangerous?: boolean;
  /** Asks for a reason, 1 to 500 characters, which is kept in the audit log. */
  asksReason?: boolean | 'optional';
  /** This text must be typed first. */
  typed?: string;
  /** Does it. */
  run: (reason: string) => Promise<Result>;
  /** What is said afterwards, with a link where there is one. */
  done: (result: Result) => ReactNode;
  /** More fields. */
  children?: ReactNode;
  /** Whether these are filled in; true by default. */
  isReady?: boolean;
}

/** Asks before something is changed, runs it once, and says how it ended. */
export function ConfirmAct<Result>(props: ActProps<Result>) {
  const { isOpen, onClose, title, verb, isDangerous, asksReason, typed, run, done } = props;
  const [reason, setReason] = useState('');
  const [text, setText] = useState('');
  const act = useMutation({
    mutationFn: () => run(reason.trim()),
    onSuccess: (result) => {
      close();
      notifications.show({ message: done(result), color: 'teal', role: 'status', autoClose: 8000 });
    },
  });
  function close(): void {
    setReason('');
    setText('');
    act.reset();
    onClose();
  }
  const isReady =
    props.isReady !== false &&
    (asksReason !== true || reason.trim() !== '') &&
    (typed === undefined || text.trim() === typed);
  return (
    <Dialog opened={isOpen} onClose={close} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !act.isPending) act.mutate();
        }}
      >
        <Stack gap="sm">
          <Text size="sm" component="div">
            {props.effect}
          </Text>
          {props.children}
          {asksReason ? (
            <Textarea
              label={asksReason === 'optional' ? 'Reason (optional)' : 'Reason'}
              description="Kept in the audit log."
              maxLength={500}
              autosize
              minRows={2}
              required={asksReason === true}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              data-autofocus
            />
          ) : null}
          {typed === undefined ? null : (
            <TextInput
              label={`Type ${typed} to confirm`}
              autoComplete="off"
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          {act.error ? <Failed error={act.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} disabled={act.isPending}>
              Cancel
            </Button>
            <Button
              type="submit"
              color={isDangerous ? 'danger' : undefined}
              loading={act.isPending}
              disabled={!isReady}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
