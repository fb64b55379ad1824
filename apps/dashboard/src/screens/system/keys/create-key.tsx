import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { keysCreate, type NewApiKeyDto } from '@breakwater/client/functions';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf } from '../../../data/api-error.js';
import { Failed } from '../../../show/answer.js';
import { Dialog } from '../../../show/dialog.js';
import { SecretOnce } from '../../../show/secret-once.js';

const SCOPES = [
  { value: 'invoke', label: 'invoke: invoke capabilities, publish events' },
  { value: 'app', label: 'app: everything of one app' },
  { value: 'read', label: 'read: see, change nothing' },
  { value: 'admin', label: 'admin: everything' },
] as const;
type Scope = (typeof SCOPES)[number]['value'];

interface Props {
  /** The app of the key; absent: it is asked for. */
  appId?: string;
  onClose: () => void;
  onCreated: () => void;
}

/** Asks for what a key may do, makes it, and shows it once. */
export function CreateKey({ appId, onClose, onCreated }: Props) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Scope[]>([appId === undefined ? 'read' : 'app']);
  const [app, setApp] = useState(appId ?? '');
  const [expires, setExpires] = useState('');
  const create = useMutation({
    mutationFn: async (): Promise<NewApiKeyDto> => {
      const body = {
        name: name.trim(),
        scopes,
        ...(app.trim() === '' ? {} : { appId: app.trim() }),
        ...(expires === '' ? {} : { expiresAt: new Date(expires).toISOString() }),
      };
      const { data } = await keysCreate({ body, throwOnError: true });
      return data;
    },
    onSuccess: onCreated,
  });
  const { error } = create;
  if (create.data) {
    return (
      <SecretOnce
        title={`The key ${create.data.name}`}
        what="API key"
        secret={create.data.key}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog opened onClose={onClose} title="Create an API key">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            description="What it is for; the audit log shows it."
            required
            maxLength={100}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={messageOf(error, 'name')}
          />
          <Checkbox.Group
            label="Scopes"
            value={scopes}
            onChange={(chosen) => setScopes(chosen)}
            error={messageOf(error, 'scopes')}
          >
            <Stack gap={6} mt={4}>
              {SCOPES.map(({ value, label }) => (
                <Checkbox key={value} value={value} label={label} />
              ))}
            </Stack>
          </Checkbox.Group>
          {appId === undefined ? (
            <TextInput
              label="App"
              description="The only app it may be used for; empty: all. The scope app needs one."
              required={scopes.includes('app')}
              value={app}
              onChange={(event) => setApp(event.currentTarget.value)}
              error={messageOf(error, 'appId')}
            />
          ) : null}
          <TextInput
            type="datetime-local"
            label="Expires (local time)"
            description="Empty: never."
            value={expires}
            onChange={(event) => setExpires(event.currentTarget.value)}
            error={messageOf(error, 'expiresAt')}
          />
          {error ? <Failed error={error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={create.isPending}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={create.isPending}
              disabled={scopes.length === 0 || name.trim() === ''}
            >
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
