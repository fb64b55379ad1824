import { Button, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { portallinksCreate, type NewPortalLinkDto } from '@breakwater/client/functions';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf } from '../../../data/api-error.js';
import type { Capability } from '../../../session/session.js';
import { Failed } from '../../../show/answer.js';
import { Dialog } from '../../../show/dialog.js';
import { SecretOnce } from '../../../show/secret-once.js';
import { CAPABILITIES, LIFETIMES } from './capabilities.js';

interface Props {
  appId: string;
  onClose: () => void;
  onCreated: () => void;
}

/** Asks what the owner may do and how long, makes the link, and shows it once. */
export function CreatePortalLink({ appId, onClose, onCreated }: Props) {
  const [note, setNote] = useState('');
  const [capabilities, setCapabilities] = useState<Capability[]>(['view']);
  const [expiresIn, setExpiresIn] = useState('86400');
  const create = useMutation({
    mutationFn: async (): Promise<NewPortalLinkDto> => {
      const body = {
        capabilities,
        expiresIn: Number(expiresIn),
        ...(note.trim() === '' ? {} : { note: note.trim() }),
      };
      const { data } = await portallinksCreate({ path: { appId }, body, throwOnError: true });
      return data;
    },
    onSuccess: onCreated,
  });
  const { error } = create;
  if (create.data) {
    return (
      <SecretOnce
        title={`Portal link to ${appId}`}
        what="portal link"
        secret={create.data.url}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog opened onClose={onClose} title={`Create a portal link to ${appId}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="For"
            description="Who gets it; the audit log shows it."
            maxLength={100}
            data-autofocus
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            error={messageOf(error, 'note')}
          />
          <Checkbox.Group label="May" value={capabilities} onChange={(chosen) => setCapabilities(chosen)}>
            <Stack gap={6} mt={4}>
              {CAPABILITIES.map(({ value, label, about }) => (
                <Checkbox
                  key={value}
                  value={value}
                  label={label}
                  description={about}
                  disabled={value === 'view'}
                />
              ))}
            </Stack>
          </Checkbox.Group>
          <NativeSelect
            label="Expires after"
            value={expiresIn}
            onChange={(event) => setExpiresIn(event.currentTarget.value)}
            data={[...LIFETIMES]}
          />
          {error ? <Failed error={error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={create.isPending}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
